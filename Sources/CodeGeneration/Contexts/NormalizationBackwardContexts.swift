import IR
import Lowering

struct NormalizationSumsContext: TemplateContext {
  var template: String { "normalization_sums.c.mustache" }
  let name, stem, layers, source, maskName, xShape, yShape, dimensions: String
  let width, kernel, tiles: Int
  let max, average, plain, relu, uses: Bool
  let share, firstChannel, channelCount, moments, partial, scale, shift, x, dy: String

  init(_ kernel: NormalizationSums, name: String, names: Naming) {
    let shared = NormalizationNames(kernel.normalization, names: names)
    let norm = shared.norm
    self.name = name
    stem = shared.layer
    layers = shared.layers
    source = shared.source
    maskName =
      shared.members.count == 1
      ? "the batch norm" : shared.members.dropFirst().map(names.layer).joined(separator: " and ")
    xShape = shared.xShape
    yShape = shared.yShape
    dimensions = shared.dimensions
    width = norm.width
    self.kernel = shared.window.kernel
    tiles = norm.channelsPerTask.count
    max = norm.pool?.kind == .max
    average = norm.pool?.kind == .average
    plain = norm.pool == nil
    relu = norm.hasReLU
    uses = norm.hasReLU || norm.pool?.kind == .max
    share = shared.share
    firstChannel = shared.firstChannel
    channelCount = shared.channelCount
    moments = names.buffer(kernel.moments)
    partial = names.buffer(kernel.partial)
    scale = shared.scale
    shift = shared.shift
    x = names.buffer(kernel.x)
    dy = names.buffer(kernel.dy)
  }
}

struct NormalizationGradientContext: TemplateContext {
  var template: String { "normalization_gradient.c.mustache" }
  let name, layer, source, moments, partial, coefficients, scale, shift: String
  let update: Bool
  let channels, plane: Int
  /// What the mean of g * xhat is multiplied by, where the convention is not sqrt(variance + eps).
  let factor: String?
  let gamma, beta: String?

  init(_ kernel: NormalizationGradient, name: String, names: Naming) {
    let shared = NormalizationNames(kernel.normalization, names: names)
    let norm = shared.norm
    self.name = name
    layer = shared.layer
    source = shared.source
    moments = names.buffer(kernel.moments)
    partial = names.buffer(kernel.partial)
    coefficients = names.buffer(kernel.coefficients)
    scale = shared.scale
    shift = shared.shift
    update = kernel.beta == .update
    channels = norm.channels
    plane = norm.plane
    factor =
      norm.op.epsPlace == .deviation
      ? "(moments[C + c] > 0 ? 1 / (SQRT(moments[C + c]) * moments[2 * C + c]) : 0)" : nil
    let owner = norm.affineLayer ?? norm.layer
    gamma = kernel.gamma.map {
      names.store(
        norm.op.fixGamma ? "0" : "product", of: TensorID(layer: owner, role: .gamma), at: "c", $0)
    }
    beta = kernel.beta.map {
      names.store("sum", of: TensorID(layer: owner, role: .beta), at: "c", $0)
    }
  }
}

struct NormalizationBackwardContext: TemplateContext {
  var template: String { "normalization_backward.c.mustache" }
  let name, stem, layers, source, gammaName, xShape, yShape, dimensions: String
  let inPlace, rest: Bool
  let tiles: Int
  let firstChannel, channelCount, moments, coefficients, x, dy, dx: String

  init(
    _ kernel: NormalizationBackward, name: String, names: Naming, inPlace: Bool
  ) {
    let shared = NormalizationNames(kernel.normalization, names: names)
    let norm = shared.norm
    self.name = name
    stem = shared.layer
    layers = shared.layers
    source = shared.source
    gammaName = shared.gammaLayer == nil ? "1" : "gamma"
    xShape = shared.xShape
    yShape = shared.yShape
    dimensions = shared.dimensions
    self.inPlace = inPlace
    let window = shared.window
    rest =
      norm.pool != nil
      && (shared.outputHeight * window.kernel != norm.height
        || shared.outputWidth * window.kernel != norm.width)
    tiles = norm.channelsPerTask.count
    firstChannel = shared.firstChannel
    channelCount = shared.channelCount
    moments = names.buffer(kernel.moments)
    coefficients = names.buffer(kernel.coefficients)
    x = names.buffer(kernel.x)
    dy = names.buffer(kernel.dy)
    dx = names.buffer(kernel.dx)
  }
}

struct NormalizationMoveContext: TemplateContext {
  var template: String { "normalization_move.c.mustache" }
  let name, layer, source, momentum, moments, runningMean, runningVariance, seen: String
  let firstBatch, unbiased, oneValue: Bool
  let channels, plane: Int

  init(_ kernel: NormalizationMove, name: String, names: Naming) {
    let shared = NormalizationNames(kernel.normalization, names: names)
    let norm = shared.norm
    self.name = name
    layer = shared.layer
    source = shared.source
    momentum = CText.real(norm.op.momentum)
    moments = names.buffer(kernel.moments)
    runningMean = shared.state(.runningMean)
    runningVariance = shared.state(.runningVariance)
    seen = shared.state(.seen)
    firstBatch = norm.op.start == .firstBatch
    unbiased = norm.op.runningVariance == .unbiased
    oneValue = norm.plane == 1
    channels = norm.channels
    plane = norm.plane
  }
}
