import IR
import Lowering

extension SharedText {
  /// `struct norm_groups`.
  fileprivate static let normGroups = SharedText(
    "norm_groups", template: "ExampleNormalization/groups.c.mustache")
  /// A group's moments.
  fileprivate static let groupMoments = SharedText(
    "group_moments", template: "ExampleNormalization/moments.c.mustache")
  /// What brings the numbers of neighbouring groups together, and back.
  fileprivate static let neighbours = SharedText(
    "neighbours", template: "ExampleNormalization/neighbours.c.mustache")
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

  /// Defines what brings neighbours together, where that is done.
  fileprivate func gather(_ names: CodegenContext, sharing shared: inout SharedFunctions) {
    guard gathers else { return }
    _ = shared.name(ThreadVectors(names))
    shared.define(.neighbours)
  }

  /// How the functions of its kernels begin.
  fileprivate var stem: String { isCentered ? "norm" : "rms_norm" }

  /// A number less its mean, as C.
  func centered(_ number: String) -> String { isCentered ? "(\(number) - mean)" : number }
}

/// What normalizes one group.
struct ExampleNormForwardGroup: SharedFunction {
  var template: String { "ExampleNormalization/forward_group.c.mustache" }
  let stem: String
  var name = ""
  let isCentered, gamma, beta, slope, slopes, hasParameters, sums: Bool
  /// Whether it matters which group it is.
  let usesGroup: Bool
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
    usesGroup = hasParameters || slopes
    stem = "\(site.stem)_group" + spec.activation.suffix
    value =
      "\(site.centered("x[k * apart]")) * inverse" + (gamma ? " * gamma[p]" : "")
      + (beta ? " + beta[p]" : "")
    result = names.activated("value", by: spec.activation, at: "c")
  }
}

struct ExampleNormForwardTask: SharedFunction {
  var template: String { "ExampleNormalization/forward_task.c.mustache" }
  let stem: String
  var name = ""
  let isCentered, gamma, beta, slope, slopes, sums, usesGroup: Bool
  /// Whether numbers of groups are brought together, and of how many groups at a time.
  let gathers: Bool
  let neighbours: Int
  let callee: String

  init(_ spec: ExampleNormForward, _ group: ExampleNormForwardGroup, calling callee: String) {
    (isCentered, gamma, beta) = (group.isCentered, group.gamma, group.beta)
    (slope, slopes, sums) = (group.slope, group.slopes, group.sums)
    usesGroup = group.usesGroup
    stem = "\(spec.site.stem)_forward" + spec.activation.suffix
    gathers = spec.site.gathers
    neighbours = spec.site.neighbours(of: spec.gathered)
    self.callee = callee
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
    site.gather(names, sharing: &shared)
    let group = ExampleNormForwardGroup(spec, names)
    let callee = shared.name(group)
    let buffers = [spec.x, spec.moments] + [spec.sums].compactMap { $0 } + [spec.y]
    call = CText.call(
      shared.name(ExampleNormForwardTask(spec, group, calling: callee)),
      ["s", "task", sizes, site.pieces.pieces, CText.real(site.eps)]
        + [site.gamma, site.beta].compactMap { $0.map(names.parameter) }
        + spec.activation.arguments(names)
        + (spec.activation.pointer.slopes
          ? ["\(names.plan.model.layers[site.layer].shape.planeCount)"] : [])
        + buffers.map(names.lanes))
  }
}

/// What computes the gradient of one group.
struct ExampleNormBackwardGroup: SharedFunction {
  var template: String { "ExampleNormalization/backward_group.c.mustache" }
  let stem: String
  var name = ""
  let isCentered, gamma: Bool
  /// What the values are called that the epilogue reads, and the same in a list; nil where it reads none.
  let saved: [String]
  let reads: String?
  /// A number less its mean; dy times gamma; and what is stored of dx.
  let distance, g, value: String

  init(_ spec: ExampleNormBackward, _ names: CodegenContext) {
    let site = spec.site
    isCentered = site.isCentered
    gamma = site.gamma != nil
    saved = spec.epilogue?.savedNames ?? []
    reads = saved.isEmpty ? nil : saved.joined(separator: " and ")
    stem = "\(site.stem)_group_\(spec.epilogue?.function.name ?? "backward")"
    distance = site.centered("x[k * apart]")
    g = "dy[k * apart]" + (gamma ? " * gamma[p]" : "")
    let rest = isCentered ? "g - mean_g - \(distance) * slope" : "g - x[k * apart] * slope"
    value = names.value("(\(rest)) * inverse", spec.epilogue, at: "k * n.I")
  }
}

struct ExampleNormBackwardTask: SharedFunction {
  var template: String { "ExampleNormalization/backward_task.c.mustache" }
  let stem: String
  var name = ""
  let isCentered, gamma: Bool
  /// Whether numbers of groups are brought together, and of how many groups at a time.
  let gathers: Bool
  let neighbours: Int
  /// What the values are called that the epilogue reads.
  let saved: [String]
  let callee: String

  init(_ spec: ExampleNormBackward, _ group: ExampleNormBackwardGroup, calling callee: String) {
    (isCentered, gamma, saved) = (group.isCentered, group.gamma, group.saved)
    stem = "\(spec.site.stem)_\(spec.epilogue?.function.name ?? "backward")"
    gathers = spec.site.gathers
    neighbours = spec.site.neighbours(of: spec.gathered)
    self.callee = callee
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
    site.gather(names, sharing: &shared)
    let group = ExampleNormBackwardGroup(spec, names)
    let callee = shared.name(group)
    let buffers = [spec.x, spec.dy, spec.moments] + (spec.epilogue?.saved ?? []) + [spec.dx]
    call = CText.call(
      shared.name(ExampleNormBackwardTask(spec, group, calling: callee)),
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
