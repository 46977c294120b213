import IR
import Lowering

struct NormalizationSumsContext: TemplateContext {
  var template: String { "normalization_sums.c.mustache" }
  let name, stem, layers, source, maskName, xShape, yShape, dimensions: String
  let width, kernel, tiles: Int
  let max, uses: Bool
  /// Whether the numbers of a block are more than a part of a long sum.
  let isLong: Bool
  /// What the forward pass made of the first number of a window, of number k, and of v; and what is left
  /// of dy before the activation.
  let firstValue, windowValue, value, left: String
  let firstChannel, channelCount, moments, partial, scale, shift, x, dy: String

  init(_ form: NormalizationSums, kernel: Kernel, names: Naming) {
    let shared = NormalizationNames(form.normalization, names: names)
    let norm = shared.norm
    name = names.function(kernel)
    stem = names.function(shared.layer)
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
    max = norm.pool?.pooling == .max
    let average = norm.pool?.pooling == .average
    func activated(_ number: String) -> String {
      shared.activated("normalized(\(number), mean, scale, shift)")
    }
    firstValue = activated("x[0]")
    windowValue = activated("x[k / K * W + k % K]")
    value = shared.activated("v")
    left = shared.masked(average ? "dy * \(shared.share)" : max ? "keep(dy, hit)" : "dy", at: "v")
    isLong = norm.plane > LongSum.part
    uses = norm.activation != nil || norm.pool?.pooling == .max
    firstChannel = shared.firstChannel
    channelCount = shared.channelCount
    moments = names.buffer(form.moments)
    partial = names.buffer(form.partial)
    scale = shared.scale
    shift = shared.shift
    x = names.buffer(form.x)
    dy = names.buffer(form.dy)
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

  init(_ form: NormalizationGradient, kernel: Kernel, names: Naming) {
    let shared = NormalizationNames(form.normalization, names: names)
    let norm = shared.norm
    name = names.function(kernel)
    layer = shared.layer
    source = shared.source
    moments = names.buffer(form.moments)
    partial = names.buffer(form.partial)
    coefficients = names.buffer(form.coefficients)
    scale = shared.scale
    shift = shared.shift
    update = form.beta == .update
    channels = norm.channels
    plane = norm.plane
    factor =
      norm.convention.epsPlace == .deviation
      ? "(moments[C + c] > 0 ? 1 / (SQRT(moments[C + c]) * moments[2 * C + c]) : 0)" : nil
    let owner = norm.affineLayer ?? norm.layer
    gamma = form.gamma.map {
      names.store(
        norm.hasGamma ? "product" : "0", of: TensorID(layer: owner, role: .gamma), at: "c", $0)
    }
    beta = form.beta.map {
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

  init(_ form: NormalizationBackward, kernel: Kernel, names: Naming) {
    let shared = NormalizationNames(form.normalization, names: names)
    let norm = shared.norm
    name = names.function(kernel)
    stem = names.function(shared.layer)
    layers = shared.layers
    source = shared.source
    gammaName = shared.gammaLayer == nil ? "1" : "gamma"
    xShape = shared.xShape
    yShape = shared.yShape
    dimensions = shared.dimensions
    inPlace = names.sharePlace(form.x, form.dx)
    let window = shared.window
    rest =
      norm.pool != nil
      && (shared.outputHeight * window.kernel != norm.height
        || shared.outputWidth * window.kernel != norm.width)
    tiles = norm.channelsPerTask.count
    firstChannel = shared.firstChannel
    channelCount = shared.channelCount
    moments = names.buffer(form.moments)
    coefficients = names.buffer(form.coefficients)
    x = names.buffer(form.x)
    dy = names.buffer(form.dy)
    dx = names.buffer(form.dx)
  }
}

struct NormalizationMoveContext: TemplateContext {
  var template: String { "normalization_move.c.mustache" }
  let name, layer, source, momentum, moments, runningMean, runningVariance, seen: String
  let firstBatch, unbiased, oneValue: Bool
  let channels, plane: Int

  init(_ form: NormalizationMove, kernel: Kernel, names: Naming) {
    let shared = NormalizationNames(form.normalization, names: names)
    let norm = shared.norm
    name = names.function(kernel)
    layer = shared.layer
    source = shared.source
    momentum = CText.real(norm.convention.momentum)
    moments = names.buffer(form.moments)
    runningMean = shared.state(.runningMean)
    runningVariance = shared.state(.runningVariance)
    seen = shared.state(.seen)
    firstBatch = norm.convention.start == .firstBatch
    unbiased = norm.convention.runningVariance == .unbiased
    oneValue = norm.plane == 1
    channels = norm.channels
    plane = norm.plane
  }
}
