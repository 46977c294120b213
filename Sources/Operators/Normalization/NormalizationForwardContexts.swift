import IR
import Lowering

struct NormalizationStatisticsContext: TemplateContext {
  var template: String { "Normalization/statistics.c.mustache" }
  let name, layer, source, shape, call: String

  init(
    _ form: NormalizationStatistics, kernel: Kernel, names: Naming,
    sharing shared: inout SharedFunctions
  ) {
    let norm = NormalizationNames(form.normalization, names: names)
    name = names.function(kernel)
    layer = norm.layer
    source = norm.source
    shape = norm.xShape
    let arguments = norm.taskArguments(sharing: &shared)
    call = CText.call(
      shared.name(SharedText.statistics),
      arguments + [names.lanes(form.x), norm.pairs(form.partial)])
  }
}

struct NormalizationMomentsContext: TemplateContext {
  var template: String { "Normalization/moments.c.mustache" }
  let name, layer, source, call: String

  init(
    _ form: NormalizationMoments, kernel: Kernel, names: Naming,
    sharing shared: inout SharedFunctions
  ) {
    let norm = NormalizationNames(form.normalization, names: names)
    name = names.function(kernel)
    layer = norm.layer
    source = norm.source
    let banded = form.bands.count > 1
    let sizes = norm.sizes(sharing: &shared)
    if banded { shared.define(.pieceSize) }
    call = CText.call(
      shared.name(
        NormalizationMomentsTask(
          banded: banded, inverse: norm.inverse, inverseFormula: norm.inverseFormula)),
      ["s", "task", sizes] + (banded ? [form.bands.pieces] : [])
        + [
          norm.eps, norm.pairs(form.partial), norm.state(.runningMean),
          norm.state(.runningVariance), norm.numbers(form.moments),
        ])
  }
}

struct NormalizationForwardContext: TemplateContext {
  var template: String { "Normalization/forward.c.mustache" }
  let name, layers, source: String
  let xShape, yShape, call: String

  init(
    _ form: NormalizationForward, kernel: Kernel, names: Naming,
    sharing shared: inout SharedFunctions
  ) {
    let norm = NormalizationNames(form.normalization, names: names)
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
        stem: norm.stem + "_forward", pool: pool != nil, average: pool?.pooling == .average,
        sums: form.sums != nil, value: activated("xs[k]"), firstValue: activated("window[0]"),
        windowValue: activated("window[ky * n.W + kx]"), share: norm.share))
    call = CText.call(
      function,
      arguments + [norm.numbers(form.moments)] + norm.affine
        + [form.x, form.sums, form.y].compactMap { $0 }.map(names.lanes))
  }
}
