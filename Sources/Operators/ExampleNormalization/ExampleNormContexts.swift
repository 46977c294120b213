import IR
import Lowering

extension SharedText {
  /// `struct norm_groups`.
  fileprivate static let normGroups = SharedText(
    "norm_groups", template: "ExampleNormalization/groups.c.mustache")
  /// A group's moments.
  fileprivate static let groupMoments = SharedText(
    "group_moments", template: "ExampleNormalization/moments.c.mustache")
  /// The root mean square of a group's numbers, inverted.
  fileprivate static let groupRootMeanSquare = SharedText(
    "group_root_mean_square", template: "ExampleNormalization/root_mean_square.c.mustache")
}

extension ExampleNormSite {
  /// The sizes as C, defined where they are not yet.
  fileprivate func sizes(_ names: CodegenContext, sharing shared: inout SharedFunctions) -> String {
    for text in [SharedText.pieces, .pieceSize, .normGroups] { shared.define(text) }
    return shared.name(
      SharedSizes(
        "norm_groups", of: layer, names: names,
        [
          ("O", groups.outer), ("N", groups.count), ("I", groups.inner), ("A", groups.step),
          ("R", groups.run),
        ]))
  }

  /// How the functions of its kernels begin.
  fileprivate var stem: String { isCentered ? "norm" : "rms_norm" }

  /// A number less its mean, as C.
  func centered(_ number: String) -> String { isCentered ? "(\(number) - mean)" : number }
}

struct ExampleNormForwardTask: SharedFunction {
  var template: String { "ExampleNormalization/forward_task.c.mustache" }
  let stem: String
  var name = ""
  let isCentered, gamma, beta, slope, slopes, hasParameters, sums: Bool
  /// The number before the activation, and what is stored of it.
  let value, result: String

  init(_ spec: ExampleNormForward, _ names: CodegenContext) {
    let site = spec.site
    isCentered = site.isCentered
    gamma = site.gamma != nil
    beta = site.beta != nil
    hasParameters = gamma || beta
    sums = spec.sums != nil
    let pointer = spec.activation.pointer
    (slope, slopes) = (pointer.slope, pointer.slopes)
    stem = "\(site.stem)_forward" + spec.activation.suffix
    value =
      "\(site.centered("x[at]")) * inverse" + (gamma ? " * gamma[p]" : "")
      + (beta ? " + beta[p]" : "")
    result = names.activated("value", by: spec.activation, at: "c")
  }
}

struct ExampleNormForwardContext: TemplateContext {
  var template: String { "ExampleNormalization/forward.c.mustache" }
  let name, layers, source, formula, shape, call: String

  init(
    _ spec: ExampleNormForward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let site = spec.site
    name = names.function(kernel)
    layers = names.layers(kernel.layers)
    source = names.line(of: site.layer)
    formula = names.formula(of: site.layer)
    shape = names.outputShape(of: site.layer)
    let sizes = site.sizes(names, sharing: &shared)
    shared.define(site.isCentered ? .groupMoments : .groupRootMeanSquare)
    let buffers = [spec.x, spec.moments] + [spec.sums].compactMap { $0 } + [spec.y]
    call = CText.call(
      shared.name(ExampleNormForwardTask(spec, names)),
      ["s", "task", sizes, site.pieces.pieces, CText.real(site.eps)]
        + [site.gamma, site.beta].compactMap { $0.map(names.parameter) }
        + spec.activation.arguments(names)
        + (spec.activation.pointer.slopes
          ? ["\(names.plan.model.layers[site.layer].shape.planeCount)"] : [])
        + buffers.map(names.lanes))
  }
}

struct ExampleNormBackwardTask: SharedFunction {
  var template: String { "ExampleNormalization/backward_task.c.mustache" }
  let stem: String
  var name = ""
  let isCentered, gamma: Bool
  /// What the values are called that the epilogue reads.
  let saved: [String]
  /// A number less its mean; dy times gamma; and what is stored of dx.
  let distance, g, value: String

  init(_ spec: ExampleNormBackward, _ names: CodegenContext) {
    let site = spec.site
    isCentered = site.isCentered
    gamma = site.gamma != nil
    saved = spec.epilogue?.savedNames ?? []
    stem = "\(site.stem)_\(spec.epilogue?.function.name ?? "backward")"
    distance = site.centered("x[at]")
    g = gamma ? "dy[at] * gamma[p]" : "dy[at]"
    let rest = isCentered ? "g - mean_g - \(distance) * slope" : "g - x[at] * slope"
    value = names.value("(\(rest)) * inverse", spec.epilogue, at: "at")
  }
}

struct ExampleNormBackwardContext: TemplateContext {
  var template: String { "ExampleNormalization/backward.c.mustache" }
  let name, layer, source, shape, call: String
  let inPlace: Bool
  let epilogueText: String?

  init(
    _ spec: ExampleNormBackward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let site = spec.site
    name = names.function(kernel)
    layer = names.layer(site.layer)
    source = names.line(of: site.layer)
    shape = names.outputShape(of: site.layer)
    inPlace = names.sharePlace(spec.x, spec.dx)
    epilogueText = spec.epilogue.map { $0.text(names) }
    let sizes = site.sizes(names, sharing: &shared)
    let buffers = [spec.x, spec.dy, spec.moments] + (spec.epilogue?.saved ?? []) + [spec.dx]
    call = CText.call(
      shared.name(ExampleNormBackwardTask(spec, names)),
      ["s", "task", sizes, site.pieces.pieces] + [site.gamma].compactMap { $0.map(names.parameter) }
        + buffers.map(names.lanes))
  }
}

struct ExampleNormParameterGradientTask: SharedFunction {
  var template: String { "ExampleNormalization/parameter_gradient_task.c.mustache" }
  let stem: String
  var name = ""
  let isCentered: Bool
  /// What is stored of the gradients, and what is called what they are stored into.
  let gammaStore, betaStore: String?
  let gamma, beta: String

  init(_ spec: ExampleNormParameterGradient, _ names: CodegenContext) {
    isCentered = spec.site.isCentered
    stem = "\(spec.site.stem)_parameter_gradient"
    let (gamma, beta) = (
      spec.gamma?.moves == true ? "gamma" : "dgamma", spec.beta?.moves == true ? "beta" : "dbeta"
    )
    gammaStore = spec.gamma.map {
      names.store("lanes_sum(product.total)", into: gamma, at: "p", $0)
    }
    betaStore = spec.beta.map { names.store("lanes_sum(sum.total)", into: beta, at: "p", $0) }
    self.gamma = gamma
    self.beta = beta
  }
}

struct ExampleNormParameterGradientContext: TemplateContext {
  var template: String { "ExampleNormalization/parameter_gradient.c.mustache" }
  let name, layer, source, what, call: String
  let update: Bool

  init(
    _ spec: ExampleNormParameterGradient, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let site = spec.site
    name = names.function(kernel)
    layer = names.layer(site.layer)
    source = names.line(of: site.layer)
    let roles = [spec.gamma.map { _ in "gamma" }, spec.beta.map { _ in "beta" }].compactMap { $0 }
    what = "gradient\(roles.count > 1 ? "s" : "") of \(roles.joined(separator: " and "))"
    update = spec.gamma?.moves == true || spec.beta?.moves == true
    let sizes = site.sizes(names, sharing: &shared)
    let buffers = spec.gamma == nil ? [spec.dy] : [spec.x, spec.moments, spec.dy]
    func place(_ tensor: TensorID?, _ destination: GradientDestination?) -> [String] {
      guard let tensor, let destination else { return [] }
      return [names.place(of: tensor, destination)]
    }
    call = CText.call(
      shared.name(ExampleNormParameterGradientTask(spec, names)),
      ["s", "task", sizes, spec.pieces.pieces] + buffers.map(names.lanes)
        + place(site.gamma, spec.gamma) + place(site.beta, spec.beta))
  }
}
