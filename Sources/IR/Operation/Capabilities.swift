// What passes ask of an operation instead of its name.

/// Each number of the result depends on its like in the operands alone, by one scalar function. Its
/// gradient, its fusion with what stands before and after it and its C follow from that function.
package protocol ElementwiseOperation: Operation {
  /// The function, whose parameters are the operands in order.
  var function: ScalarFunction { get }
}

/// The result holds the operand's numbers in the operand's order: nothing is computed.
package protocol ViewOperation: Operation {}

/// Each number of the result depends on a window of the operand's rows and columns.
package protocol WindowedOperation: Operation {
  /// What the model says of the window.
  var sizes: WindowSizes { get }
}

extension WindowedOperation {
  /// The window over an operand of a shape that the operation takes.
  package func window(over operand: Shape) -> Window {
    guard let window = try? sizes.window(keyword: keyword, over: operand) else {
      fatalError("\(keyword) was taken of \(operand), over which it has no window")
    }
    return window
  }

  /// The window over `operand`, and how many of them there are by axis.
  ///
  /// - Throws: `ShapeError` where none fits.
  package func windows(over operand: Shape) throws(ShapeError) -> [Int] {
    let window = try sizes.window(keyword: keyword, over: operand)
    let counts = [window.rows.count(in: operand.height), window.columns.count(in: operand.width)]
    guard counts.allSatisfy({ $0 > 0 }) else {
      throw ShapeError.noWindow(window, of: keyword, in: operand)
    }
    return Array(counts.suffix(operand.dimensions.count - 1))
  }
}

extension ShapeError {
  /// No window fits into `operand`.
  fileprivate static func noWindow(
    _ window: Window, of keyword: String, in operand: Shape
  ) -> ShapeError {
    func text(_ rows: Int, _ columns: Int) -> String {
      operand.isSequence ? "\(columns)" : "\(rows) x \(columns)"
    }
    let (rows, columns) = (window.rows, window.columns)
    let isSpread = rows.dilation > 1 || columns.dilation > 1
    let dilation =
      isSpread
      ? ", which reaches over \(text(rows.extent, columns.extent))," : ""
    let padded = text(
      operand.height + rows.before + rows.after, operand.width + columns.before + columns.after)
    let plain = text(operand.height, operand.width)
    return ShapeError(
      "\(keyword)'s window of \(text(rows.kernel, columns.kernel))\(dilation) does not fit into \(plain)"
        + (padded == plain ? "" : ", which padding makes \(padded)"),
      help: isSpread
        ? "a smaller dilation or kernel, or more padding"
        : "a smaller kernel, more padding, or one pool less before it")
  }
}

/// One number for each window of each channel.
package protocol PoolingOperation: WindowedOperation {
  var pooling: Pooling { get }
}

/// What is made of the numbers of a window.
package enum Pooling: Hashable, Sendable {
  /// Their mean, over the zeros of the padding too or over those of the image alone.
  case average(countsPadding: Bool)
  case max

  /// Whether it is a mean.
  package var isAverage: Bool { self != .max }
}

/// Each output channel is a learned weighted sum of the operand, plus a bias where it has one: the
/// tensors `weight` and `bias`. Such an operation can gather the statistics of what it makes, take
/// factors and offsets of its channels into its weight, and end with an elementwise function.
package protocol ProductOperation: Operation {
  var hasBias: Bool { get }

  /// Whether each output is a sum over all channels of the operand, so that kernels with channels
  /// in the lanes read its numbers one by one.
  var readsSingleNumbers: Bool { get }
}

extension ProductOperation {
  package var readsSingleNumbers: Bool { true }
}

/// In evaluation a factor and an offset for each channel, made of running statistics and of the
/// tensors `gamma` and `beta`.
package protocol ChannelAffineOperation: Operation {
  var affine: ChannelAffine { get }
}

/// Normalizes an input by the means and deviations of the training data's channels, which a host
/// computes, or which the model gives: its gamma and beta.
package protocol InputNormalizing: ChannelAffineOperation {}

/// Which parts a channel's factor and offset are made of.
package struct ChannelAffine: Hashable, Sendable {
  /// The statistics and their convention; nil where there are none.
  package var normalization: NormalizationConvention?
  /// Whether gamma takes part.
  package var hasGamma: Bool
  /// Whether beta does.
  package var hasBeta: Bool

  package init(normalization: NormalizationConvention?, hasGamma: Bool, hasBeta: Bool) {
    self.normalization = normalization
    self.hasGamma = hasGamma
    self.hasBeta = hasBeta
  }
}

extension AnyOperation {
  /// The statistics and conventions of a batch norm, or of its first half; nil of other operations.
  package var normalization: NormalizationConvention? {
    (base as? any ChannelAffineOperation)?.affine.normalization
  }

  /// Whether it takes each channel's mean over the batch away in training.
  package var usesBatchStatistics: Bool { normalization?.statistics == .batch }
}

extension Operation {
  /// What a kernel can apply to each number that it stores: this operation, if it is a function of
  /// one number.
  package var activation: ScalarFunction? {
    guard let function = (self as? any ElementwiseOperation)?.function,
      function.parameters.count == 1
    else { return nil }
    return function
  }
}

extension ScalarFunction {
  /// Whether a function of one number may make what no float holds of one that is far from that: a slope
  /// of 1e38, a division by 0. The number is then asked for beside the result, to say where it arose.
  package var mayOverflow: Bool {
    guard parameters.count == 1 else { return false }
    return [0, 1, -1, 100, -100, 1e30, -1e30].contains { x in
      let size = abs(body.value([parameters[0]: x]))
      return !(size <= Double(Float.greatestFiniteMagnitude))
    }
  }
}

/// An operation whose result can be probabilities: positive numbers that add up to 1 along an axis.
package protocol ProbabilityOperation: Operation {
  /// Whether it is.
  var makesProbabilities: Bool { get }
}

/// An operation that draws random numbers in training, by the step's seed and number as
/// `RandomDraw` says, and so that it can draw them again. In evaluation its result is its operand.
package protocol RandomOperation: Operation {}

extension Model {
  /// Whether a layer draws random numbers in training.
  package var isRandom: Bool { layers.contains { $0.op.base is any RandomOperation } }

  /// Whether training mixes examples of a batch with each other.
  package var mixesExamples: Bool { layers.contains { $0.op.base is any MixingAugmentation } }
}
