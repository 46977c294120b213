import IR

extension ElementwiseLoss: LoweredLoss {
  package func kernel(_ site: LossSite) -> any KernelSpec {
    ElementwiseLossKernel(loss: self, site: site)
  }

  package func evaluation(_ site: LossEvaluation) -> LossEvaluation.Code {
    let (declarations, texts) = site.names.scalars([function.body], ["x": "v", "t": "t"])
    return .init(
      comment: [
        "  sum over k of f(x[k], target[k])\(gathering == .mean ? " / \(site.outputs)" : ""), "
          + "and f(x, t) =",
        "  \(function.body.formula)",
      ] + remarks,
      statements: [
        "double loss = 0;",
        "for (int k = 0; k < \(site.count); k++) {",
        "  const real v = \(site.number("k")), t = \(site.targetNumber);",
      ] + declarations.map { "  " + $0 } + [
        "  loss += (double)(\(texts[0]));",
        "}",
        gathering == .mean ? "return loss / (double)\(site.count);" : "return loss;",
      ])
  }
}

/// The loss of each example by one function of each of its numbers, and the gradient: one task a
/// block.
struct ElementwiseLossKernel: KernelSpec {
  let loss: ElementwiseLoss
  let site: LossSite

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ElementwiseLossContext(self, kernel: kernel, names: names)
  }
}

struct ElementwiseLossContext: TemplateContext {
  var template: String { "Losses/elementwise.c.mustache" }
  let name, source, formula, slopeFormula, x, gradient, blockLosses, target, isGiven: String
  let value, slope, blockLoss: String
  let outputs: Int
  /// Whether the gradient is divided by the number of examples; whether an output counts as its
  /// share of a mean.
  let isMean, isShared: Bool
  /// Whether the targets are those of the example that each one is mixed with.
  let isMirrored: Bool
  /// The loss's factor in the whole, where it has one.
  let weight: String?
  let declarations, remarks: [String]

  init(_ spec: ElementwiseLossKernel, kernel: Kernel, names: CodegenContext) {
    let site = spec.site
    name = names.function(kernel)
    source = "\(names.source):\(names.plan.model.losses[site.index].range.lower.line)"
    formula = spec.loss.function.body.formula
    slopeFormula = spec.loss.slope.formula
    remarks = spec.loss.remarks
    x = names.buffer(site.x)
    gradient = names.buffer(site.gradient)
    blockLosses = names.buffer(site.blockLosses)
    outputs = site.outputs
    isMean = site.isMean
    // Each output counts as its share of the mean over the outputs, and its gradient as that share
    // of the mean over the examples, where the model asks for it.
    isShared = spec.loss.gathering == .mean
    let mean = isShared ? " * " + CText.real(1 / Double(site.outputs)) : ""
    weight = site.weight == 1 ? nil : CText.double(site.weight)
    let factor = site.weight / (isShared ? Double(site.outputs) : 1)
    let share =
      (factor == 1 ? "" : " * " + CText.real(factor))
      + (isMean ? " / (real)\(names.exampleCount)" : "")
    blockLoss = "(real)loss" + mean
    isGiven = site.target.isGiven()
    isMirrored = site.target.isMirrored
    target =
      site.target.hasClasses
      ? "(real)" + site.target.label("block * LANES + l")
      : site.target.number("block * LANES + l", "k", of: "OUTPUTS")
    let texts: [String]
    (declarations, texts) = names.scalars(
      [spec.loss.slope, spec.loss.function.body], ["x": "v", "t": "t"])
    slope = share.isEmpty ? texts[0] : "(\(texts[0]))" + share
    value = texts[1]
  }
}
