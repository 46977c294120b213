import IR
import Lowering

extension SoftmaxCrossEntropy: LoweredLoss {
  package func kernel(_ site: LossSite) -> any KernelSpec {
    SoftmaxCrossEntropyKernel(loss: self, site: site)
  }

  /// Whether the target of each example is one class and nothing else: what has a shorter kernel.
  var isPlain: Bool {
    positions == 1 && smoothing == 0 && weights.isEmpty && ignored == nil && !isOfProbabilities
  }

  package func evaluation(_ site: LossEvaluation) -> LossEvaluation.Code {
    isPlain ? plainEvaluation(site) : SoftTargets(self, index: site.index).evaluation(site)
  }

  private func plainEvaluation(_ site: LossEvaluation) -> LossEvaluation.Code {
    .init(
      comment: [
        "  log(sum over k of exp(x[k])) - x[label]",
        "The largest x is taken away first, so that no exponential overflows.",
      ],
      statements: [
        "const int label = \(site.label);",
        "real best = x[0], sum = 0;",
        "for (int k = 1; k < \(site.count); k++)",
        "  if (x[k] > best || x[k] != x[k]) best = x[k];",
        "for (int k = 0; k < \(site.count); k++) sum += EXP(x[k] - best);",
        "return (double)(LOG(sum) - (x[label] - best));",
      ])
  }
}

/// The softmax cross entropy of each example, and its gradient: one task per block.
struct SoftmaxCrossEntropyKernel: KernelSpec {
  let loss: SoftmaxCrossEntropy
  let site: LossSite

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    loss.isPlain
      ? SoftmaxCrossEntropyContext(self, kernel: kernel, names: names)
      : SoftTargetsContext(self, kernel: kernel, names: names)
  }
}

/// What fills in the kernel for one class an example.
struct SoftmaxCrossEntropyContext: TemplateContext {
  var template: String { "Losses/softmax_cross_entropy.c.mustache" }
  let name, source, x, gradient, blockLosses, isGiven, label: String
  /// The loss's factor in the whole, as C; 1 where it has none.
  let factor: String
  let weight: String?
  let outputs: Int
  let isMean, isMirrored: Bool
  /// How many examples the batch has, as C.
  let examples: String

  init(_ spec: SoftmaxCrossEntropyKernel, kernel: Kernel, names: CodegenContext) {
    let site = spec.site
    name = names.function(kernel)
    source = "\(names.source):\(names.plan.model.losses[site.index].range.lower.line)"
    x = names.buffer(site.x)
    gradient = names.buffer(site.gradient)
    blockLosses = names.buffer(site.blockLosses)
    outputs = site.outputs
    isMean = site.isMean
    examples = names.exampleCount
    isGiven = site.target.isGiven()
    isMirrored = site.target.isMirrored
    label = site.target.label("block * LANES + l")
    weight = site.weight == 1 ? nil : CText.double(site.weight)
    factor = site.weight == 1 ? "1" : CText.real(site.weight)
  }
}
