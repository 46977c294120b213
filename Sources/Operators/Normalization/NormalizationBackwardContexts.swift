import IR
import Lowering

extension NormalizationNames {
  /// The function of what is left of dy at a window.
  fileprivate func window(sharing shared: inout SharedFunctions) -> String {
    let max = norm.pool?.pooling == .max
    let average = norm.pool?.pooling.isAverage ?? false
    func activated(_ number: String) -> String {
      self.activated("normalized(\(number), mean, scale, shift)")
    }
    let members = (norm.activation.map { [$0.name] } ?? []) + (norm.pool == nil ? [] : ["the pool"])
    return shared.name(
      NormalizationWindow(
        stem: stem + "_window",
        before: members.isEmpty ? "the batch norm" : members.joined(separator: " and "),
        max: max, uses: norm.activation != nil || max, firstValue: activated("x[0]"),
        windowValue: activated("x[k / n.K * n.W + k % n.K]"), value: self.activated("v"),
        left: masked(average ? "dy * \(share)" : max ? "masked(dy, hit)" : "dy", at: "v")))
  }
}

struct NormalizationSumsContext: TemplateContext {
  var template: String { "Normalization/sums.c.mustache" }
  let name, layers, source, xShape, yShape, call: String

  init(
    _ spec: NormalizationSums, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let norm = NormalizationNames(spec.normalization, names: names)
    name = names.function(kernel)
    layers = norm.layers
    source = norm.source
    xShape = norm.xShape
    yShape = norm.yShape
    let arguments = norm.taskArguments(sharing: &shared)
    let function = shared.name(
      NormalizationSumsTask(
        stem: norm.stem + "_sums",
        cells: norm.window.taps, window: norm.window(sharing: &shared)))
    call = CText.call(
      function,
      arguments.dropFirst() + [norm.numbers(spec.moments)] + norm.affine
        + [names.lanes(spec.x), names.lanes(spec.dy), norm.pairs(spec.partial)])
  }
}

struct NormalizationGradientContext: TemplateContext {
  var template: String { "Normalization/gradient.c.mustache" }
  let name, layer, source, call: String
  let update, learns: Bool

  init(
    _ spec: NormalizationGradient, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let norm = NormalizationNames(spec.normalization, names: names)
    name = names.function(kernel)
    layer = norm.layer
    source = norm.source
    update = spec.gamma?.moves == true || spec.beta?.moves == true
    learns = spec.gamma != nil || spec.beta != nil
    let sizes = norm.sizes(sharing: &shared)
    call = CText.call(
      shared.name(Self.function(spec, norm)),
      [
        "s", "task", sizes, norm.numbers(spec.moments), norm.pairs(spec.partial),
        norm.numbers(spec.coefficients),
      ]
        + Self.tensors(spec, norm))
  }

  /// What is passed of gamma and beta, and of their gradients.
  private static func tensors(_ spec: NormalizationGradient, _ norm: NormalizationNames) -> [String]
  {
    let names = norm.names
    let owner = norm.norm.affineLayer ?? norm.norm.layer
    func parameter(_ role: TensorDeclaration.Role) -> String {
      "s->parameters->\(names.member(TensorID(layer: owner, role: role)))"
    }
    let function = function(spec, norm)
    var tensors: [String] = []
    if function.gamma { tensors.append(parameter(.gamma)) }
    if function.beta { tensors.append(parameter(.beta)) }
    for (role, destination) in [(TensorDeclaration.Role.gamma, spec.gamma), (.beta, spec.beta)] {
      guard let destination, !destination.moves else { continue }
      tensors.append(names.place(of: TensorID(layer: owner, role: role), destination))
    }
    return tensors
  }

  private static func function(
    _ spec: NormalizationGradient, _ norm: NormalizationNames
  ) -> NormalizationGradientTask {
    let names = norm.names
    let updates = spec.gamma?.moves == true || spec.beta?.moves == true
    func isStored(_ destination: GradientDestination?) -> Bool {
      destination?.moves == false
    }
    let readsGamma = norm.gammaLayer != nil
    return NormalizationGradientTask(
      usesBatch: norm.norm.usesBatch, update: updates,
      learns: spec.gamma != nil || spec.beta != nil,
      type: updates ? "real" : "const real",
      gamma: readsGamma || spec.gamma?.moves == true,
      beta: norm.norm.affineLayer != nil, readsGamma: readsGamma, dgamma: isStored(spec.gamma),
      dbeta: isStored(spec.beta),
      factor: norm.norm.convention.epsPlace == .deviation
        ? "(moments[n.C + c] > 0 ? 1 / (SQRT(moments[n.C + c]) * moments[2 * n.C + c]) : 0)"
        : nil,
      gammaStore: spec.gamma.map {
        names.store(
          norm.norm.hasGamma ? "product" : "0", into: $0.moves ? "gamma" : "dgamma", at: "c",
          $0)
      },
      betaStore: spec.beta.map {
        names.store("sum", into: $0.moves ? "beta" : "dbeta", at: "c", $0)
      })
  }
}

struct NormalizationBackwardContext: TemplateContext {
  var template: String { "Normalization/backward.c.mustache" }
  let name, layers, source, xShape, yShape, call: String
  let inPlace: Bool
  let epilogueText: String?

  init(
    _ spec: NormalizationBackward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let norm = NormalizationNames(spec.normalization, names: names)
    name = names.function(kernel)
    layers = norm.layers
    source = norm.source
    xShape = norm.xShape
    yShape = norm.yShape
    epilogueText = spec.epilogue.map { $0.text(names) }
    inPlace = names.sharePlace(spec.x, spec.dx)
    let window = norm.window
    let rest =
      norm.norm.pool != nil
      && (norm.outputHeight * window.rows.kernel != norm.norm.height
        || norm.outputWidth * window.rows.kernel != norm.norm.width)
    let arguments = norm.taskArguments(sharing: &shared)
    let function = shared.name(
      NormalizationBackwardTask(
        stem: norm.stem + "_" + (spec.epilogue?.function.name ?? "backward")
          + (rest ? "_with_rest" : ""),
        rest: rest, saved: spec.epilogue?.savedNames ?? [], cells: window.taps,
        value: Self.value("g[k]", spec, names), restValue: Self.value("(vec){0}", spec, names),
        window: norm.window(sharing: &shared)))
    call = CText.call(
      function,
      arguments + [norm.numbers(spec.moments), norm.numbers(spec.coefficients)]
        + ([spec.x, spec.dy] + (spec.epilogue?.saved ?? []) + [spec.dx]).map(names.lanes))
  }
}

extension NormalizationBackwardContext {
  /// dx of a number for which `g` is left of dy.
  private static func value(_ g: String, _ spec: NormalizationBackward, _ names: CodegenContext)
    -> String
  {
    names.value(
      "(\(g) - mean_g - (xs[cell] - mean) * slope) * scale", spec.epilogue, at: "plane + cell")
  }
}

struct NormalizationMoveContext: TemplateContext {
  var template: String { "Normalization/move.c.mustache" }
  let name, layer, source, call: String

  init(
    _ spec: NormalizationMove, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let norm = NormalizationNames(spec.normalization, names: names)
    let convention = norm.norm.convention
    name = names.function(kernel)
    layer = norm.layer
    source = norm.source
    let firstBatch = convention.start == .firstBatch
    let sizes = norm.sizes(sharing: &shared)
    let function = shared.name(
      MoveStatistics(
        firstBatch: firstBatch,
        // Shares that stay by themselves have done so.
        unbiased: convention.runningVariance == .unbiased
          && (convention.isSynchronized || !names.plan.joinsProcesses),
        // A whole batch may have more numbers than an int counts.
        examples: names.plan.joinsProcesses ? "(int64_t)s->examples" : "s->count"))
    call = CText.call(
      function,
      [
        "s", "task", sizes, CText.real(convention.momentum), norm.numbers(spec.moments),
        norm.state(.runningMean),
        norm.state(.runningVariance),
      ] + (firstBatch ? [norm.state(.seen)] : []))
  }
}
