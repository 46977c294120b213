import IR
import Lowering

struct NormalizationStatisticsContext: TemplateContext {
  var template: String { "Normalization/statistics.c.mustache" }
  let name, layer, source, shape, call: String

  init(
    _ spec: NormalizationStatistics, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let norm = NormalizationNames(spec.normalization, names: names)
    name = names.function(kernel)
    layer = norm.layer
    source = norm.source
    shape = norm.xShape
    let arguments = norm.taskArguments(sharing: &shared)
    call = CText.call(
      shared.name(SharedText.statistics),
      arguments + [names.lanes(spec.x), norm.blockMoments(spec.partial)])
  }
}

struct NormalizationMomentsContext: TemplateContext {
  var template: String { "Normalization/moments.c.mustache" }
  let name, layer, source, call: String

  init(
    _ spec: NormalizationMoments, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let norm = NormalizationNames(spec.normalization, names: names)
    name = names.function(kernel)
    layer = norm.layer
    source = norm.source
    let sizes = norm.sizes(sharing: &shared)
    let running = [norm.state(.runningMean), norm.state(.runningVariance)]
    guard let blocks = spec.blocks else {
      call = CText.call(
        shared.name(
          RunningMomentsTask(inverse: norm.inverse, inverseFormula: norm.inverseFormula)),
        ["task", sizes, norm.eps] + running + [norm.numbers(spec.moments)])
      return
    }
    let banded = blocks.bands.count > 1
    if spec.exact != nil { shared.define(.doublesAt) }
    if banded { shared.define(.pieceSize) }
    call = CText.call(
      shared.name(
        NormalizationMomentsTask(
          banded: banded, joins: spec.exact != nil, inverse: norm.inverse,
          inverseFormula: norm.inverseFormula)),
      ["s", "task", sizes] + (banded ? [blocks.bands.pieces] : [])
        + [norm.eps, norm.blockMoments(blocks.buffer)] + running + [norm.numbers(spec.moments)]
        + (spec.exact.map { ["doubles_at(s, \(names.buffer($0)))"] } ?? []))
  }
}

struct NormalizationJoinContext: TemplateContext {
  var template: String { "Normalization/join_moments.c.mustache" }
  let name, layer, source, call: String

  init(
    _ spec: NormalizationJoin, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let norm = NormalizationNames(spec.normalization, names: names)
    name = names.function(kernel)
    layer = norm.layer
    source = norm.source
    let sizes = norm.sizes(sharing: &shared)
    shared.define(.doublesAt)
    call = CText.call(
      shared.name(JoinMomentsTask(inverse: norm.inverse)),
      [
        "s", "task", sizes, norm.eps, norm.state(.runningMean),
        "doubles_at(s, \(names.buffer(spec.sums)))", norm.numbers(spec.moments),
      ])
  }
}

struct NormalizationForwardContext: TemplateContext {
  var template: String { "Normalization/forward.c.mustache" }
  let name, layers, source: String
  let xShape, yShape, call: String

  init(
    _ spec: NormalizationForward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let norm = NormalizationNames(spec.normalization, names: names)
    name = names.function(kernel)
    layers = norm.layers
    source = norm.source
    xShape = norm.xShape
    yShape = norm.yShape
    func activated(_ number: String) -> String {
      norm.activated("normalized(\(number), mean, scale, shift)")
    }
    let pool = norm.norm.pool
    let arguments = norm.taskArguments(sharing: &shared)
    let function = shared.name(
      NormalizationForwardTask(
        stem: norm.stem + "_forward", slope: norm.norm.activation.pointer.slope, pool: pool != nil,
        average: pool?.pooling.isAverage ?? false,
        sums: spec.sums != nil, value: activated("xs[k]"), firstValue: activated("window[0]"),
        windowValue: activated("window[ky * n.W + kx]"), share: norm.share))
    call = CText.call(
      function,
      arguments + [norm.numbers(spec.moments)] + norm.affine
        + norm.norm.activation.arguments(names)
        + [spec.x, spec.sums, spec.y].compactMap { $0 }.map(names.lanes))
  }
}
