import IR

/// A batch norm and what runs in its kernels.
package struct Normalization: Hashable, Sendable {
  /// The batch norm's layer.
  package var layer: Int
  /// The layers that run in its kernels: the batch norm, then the ReLU, then the pool.
  package var members: [Int]
  package var op: BatchNorm
  /// The layer that owns gamma and beta; nil where there are none.
  package var affineLayer: Int?
  package var channels: Int
  package var height: Int
  package var width: Int
  /// Whether the kernel clips at 0.
  package var hasReLU: Bool
  /// The pool that the kernel ends with.
  package var pool: Pool?
  /// Channels a task.
  package var channelsPerTask: Cut

  /// Numbers a channel and example.
  package var plane: Int { height * width }
}

/// A pool, as a kernel's loops take it.
package struct Pool: Hashable, Sendable {
  package var kind: Kind
  package var window: Window
  package var channels: Int
  package var height: Int
  package var width: Int
  package var outputHeight: Int
  package var outputWidth: Int

  /// What is made of a window.
  package enum Kind: String, Hashable, Sendable {
    case average, max
  }

  init?(_ op: Op, input: Shape, output: Shape) {
    switch op {
    case .averagePool(let pool): (kind, window) = (.average, pool.window)
    case .maxPool(let pool): (kind, window) = (.max, pool.window)
    case .convolution, .dense, .batchNorm, .normalize, .scaleShift, .relu, .sigmoid, .flatten, .add:
      return nil
    }
    (channels, height, width) = (input.channels, input.height, input.width)
    (outputHeight, outputWidth) = (output.height, output.width)
  }
}

/// Each block's mean and sum of squared distances from it, a channel: where no convolution or dense
/// layer gathers them.
package struct NormalizationStatistics: Hashable, Sendable {
  package var normalization: Normalization
  package var x: BufferID
  package var partial: BufferID
}

/// The batch's mean and variance from those of the blocks' bands, by Chan's merge.
package struct NormalizationMoments: Hashable, Sendable {
  package var normalization: Normalization
  /// The rows whose statistics were gathered together; one band means all numbers of a block.
  package var bands: Cut
  package var partial: BufferID
  /// `[3][channels]`: mean, variance, 1 / sqrt(variance + eps).
  package var moments: BufferID
}

/// The running statistics in the place of the batch's.
package struct NormalizationRunning: Hashable, Sendable {
  package var normalization: Normalization
  package var moments: BufferID
}

/// Normalize, scale and shift, clip, pool.
package struct NormalizationForward: Hashable, Sendable {
  package var normalization: Normalization
  package var x: BufferID
  package var y: BufferID
  package var moments: BufferID
}

/// Each block's sums of g and of g * xhat, a channel, g being dy under the pool and the mask.
package struct NormalizationSums: Hashable, Sendable {
  package var normalization: Normalization
  package var x: BufferID
  package var dy: BufferID
  package var moments: BufferID
  /// `[blocks][channels][2]`
  package var partial: BufferID
}

/// The gradients of gamma and beta, and the two means that dx takes away.
package struct NormalizationGradient: Hashable, Sendable {
  package var normalization: Normalization
  package var moments: BufferID
  package var partial: BufferID
  /// `[3][channels]`: gamma as it was, mean of g, mean of g * xhat.
  package var coefficients: BufferID
  /// Where gamma's gradient goes; nil where gamma does not learn.
  package var gamma: GradientDestination?
  /// Where beta's gradient goes; nil where there is no beta.
  package var beta: GradientDestination?
}

/// dx of the batch norm, pool and mask included.
package struct NormalizationBackward: Hashable, Sendable {
  package var normalization: Normalization
  package var x: BufferID
  package var dy: BufferID
  package var dx: BufferID
  package var moments: BufferID
  package var coefficients: BufferID
}

/// The running statistics move towards the batch's.
package struct NormalizationMove: Hashable, Sendable {
  package var normalization: Normalization
  package var moments: BufferID
}
