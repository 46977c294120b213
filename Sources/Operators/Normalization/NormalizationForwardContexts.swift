import IR
import Lowering

struct NormalizationStatisticsContext: TemplateContext {
  var template: String { "normalization_statistics.c.mustache" }
  let name, layer, source, shape, firstChannel, channelCount, x, partial: String
  let channels, plane, tiles: Int

  init(_ form: NormalizationStatistics, kernel: Kernel, names: Naming) {
    let shared = NormalizationNames(form.normalization, names: names)
    name = names.function(kernel)
    layer = shared.layer
    source = shared.source
    shape = shared.xShape
    firstChannel = shared.firstChannel
    channelCount = shared.channelCount
    x = names.buffer(form.x)
    partial = names.buffer(form.partial)
    channels = shared.norm.channels
    plane = shared.norm.plane
    tiles = shared.norm.channelsPerTask.count
  }
}

struct NormalizationMomentsContext: TemplateContext {
  var template: String { "normalization_moments.c.mustache" }
  let name, layer, source, partial, moments, inverse, inverseFormula: String
  let channels, plane, width: Int
  let banded: Bool
  let bands: Int
  let firstBand, rowCount: String

  init(_ form: NormalizationMoments, kernel: Kernel, names: Naming) {
    let shared = NormalizationNames(form.normalization, names: names)
    name = names.function(kernel)
    layer = shared.layer
    source = shared.source
    partial = names.buffer(form.partial)
    moments = names.buffer(form.moments)
    inverse = shared.inverse
    inverseFormula = shared.inverseFormula
    channels = shared.norm.channels
    plane = shared.norm.plane
    width = shared.norm.width
    banded = form.bands.count > 1
    bands = form.bands.count
    firstBand = "\(form.bands.largest)"
    rowCount = form.bands.size("part % BANDS")
  }
}

struct NormalizationRunningContext: TemplateContext {
  var template: String { "normalization_running.c.mustache" }
  let name, layer, source, moments, runningMean, runningVariance, inverse: String
  let channels: Int

  init(_ form: NormalizationRunning, kernel: Kernel, names: Naming) {
    let shared = NormalizationNames(form.normalization, names: names)
    name = names.function(kernel)
    layer = shared.layer
    source = shared.source
    moments = names.buffer(form.moments)
    runningMean = shared.state(.runningMean)
    runningVariance = shared.state(.runningVariance)
    inverse = shared.inverse
    channels = shared.norm.channels
  }
}

struct NormalizationForwardContext: TemplateContext {
  var template: String { "normalization_forward.c.mustache" }
  let name, layers, source: String
  let formulas: [String]
  let xShape, yShape, dimensions, outputPlane, firstChannel, channelCount: String
  let tiles: Int
  let moments, scale, shift, x, y, share: String
  let pool, average: Bool
  /// The buffer of the activation's operand, where it is kept.
  let sums: String?
  /// What becomes of a number, of the first of a window, and of number `[ky, kx]` of it.
  let value, firstValue, windowValue: String

  init(_ form: NormalizationForward, kernel: Kernel, names: Naming) {
    let shared = NormalizationNames(form.normalization, names: names)
    let norm = shared.norm
    name = names.function(kernel)
    layers = shared.layers
    source = shared.source
    formulas = shared.formulas
    xShape = shared.xShape
    yShape = shared.yShape
    dimensions = shared.dimensions
    outputPlane = norm.pool == nil ? "H * W" : "OH * OW"
    firstChannel = shared.firstChannel
    channelCount = shared.channelCount
    tiles = norm.channelsPerTask.count
    moments = names.buffer(form.moments)
    scale = shared.scale
    shift = shared.shift
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    sums = form.sums.map(names.buffer)
    share = shared.share
    pool = norm.pool != nil
    average = norm.pool?.pooling == .average
    func activated(_ number: String) -> String {
      shared.activated("normalized(\(number), mean, scale, shift)")
    }
    value = activated("x[k]")
    firstValue = activated("window[0]")
    windowValue = activated("window[ky * W + kx]")
  }
}
