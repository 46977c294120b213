import IR
import Lowering

struct NormalizationStatisticsContext: TemplateContext {
  var template: String { "normalization_statistics.c.mustache" }
  let name, layer, source, shape, firstChannel, channelCount, x, partial: String
  let channels, plane, tiles: Int

  init(_ kernel: NormalizationStatistics, name: String, names: Naming) {
    let shared = NormalizationNames(kernel.normalization, names: names)
    self.name = name
    layer = shared.layer
    source = shared.source
    shape = shared.xShape
    firstChannel = shared.firstChannel
    channelCount = shared.channelCount
    x = names.buffer(kernel.x)
    partial = names.buffer(kernel.partial)
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

  init(_ kernel: NormalizationMoments, name: String, names: Naming) {
    let shared = NormalizationNames(kernel.normalization, names: names)
    self.name = name
    layer = shared.layer
    source = shared.source
    partial = names.buffer(kernel.partial)
    moments = names.buffer(kernel.moments)
    inverse = shared.inverse
    inverseFormula = shared.inverseFormula
    channels = shared.norm.channels
    plane = shared.norm.plane
    width = shared.norm.width
    banded = kernel.bands.count > 1
    bands = kernel.bands.count
    firstBand = "\(kernel.bands.largest)"
    rowCount = kernel.bands.size("part % BANDS")
  }
}

struct NormalizationRunningContext: TemplateContext {
  var template: String { "normalization_running.c.mustache" }
  let name, layer, source, moments, runningMean, runningVariance, inverse: String
  let channels: Int

  init(_ kernel: NormalizationRunning, name: String, names: Naming) {
    let shared = NormalizationNames(kernel.normalization, names: names)
    self.name = name
    layer = shared.layer
    source = shared.source
    moments = names.buffer(kernel.moments)
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
  let pool, average, relu: Bool

  init(_ kernel: NormalizationForward, name: String, names: Naming) {
    let shared = NormalizationNames(kernel.normalization, names: names)
    let norm = shared.norm
    self.name = name
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
    moments = names.buffer(kernel.moments)
    scale = shared.scale
    shift = shared.shift
    x = names.buffer(kernel.x)
    y = names.buffer(kernel.y)
    share = shared.share
    pool = norm.pool != nil
    average = norm.pool?.kind == .average
    relu = norm.hasReLU
  }
}
