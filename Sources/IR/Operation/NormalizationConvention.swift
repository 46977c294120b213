/// How a normalization over the batch is meant: frameworks differ, silently; here each difference
/// is an attribute.
///
///     mean[c]     = mean over n, i, j of x[n, c, i, j]
///     variance[c] = mean over n, i, j of (x[n, c, i, j] - mean[c])^2
///     xhat        = (x - mean) / sqrt(variance + eps)
///
/// Training normalizes with the batch's own statistics and moves the running ones:
/// `running = momentum * running + (1 - momentum) * batch`; a batch of one value per channel, which
/// has no variance, leaves them as they are. Evaluation uses the running ones, and so does training where
/// `statistics` says so.
package struct NormalizationConvention: Hashable, Sendable {
  /// Keeps the division from zero.
  package var eps = 1e-5
  /// To what eps is added.
  package var epsPlace = EpsPlace.variance
  /// The weight of the OLD running value. (PyTorch's `momentum` is that of the new one.)
  package var momentum = 0.9
  /// Which variance the running one collects.
  package var runningVariance = VarianceKind.biased
  /// Where the running statistics start.
  package var start = Start.firstBatch
  /// Which statistics training normalizes with.
  package var statistics = Statistics.batch
  /// Whether the batch whose statistics count is the whole one where it lies across several processes;
  /// else each process normalizes its share by itself.
  package var isSynchronized = true

  /// Which statistics training normalizes with.
  package enum Statistics: String, Hashable, Sendable, CaseIterable {
    /// The batch's, towards which the running ones move.
    case batch
    /// The running ones, which stay as they are: MXNet's `use_global_stats`, and what PyTorch's `eval()`
    /// makes of a batch norm. No example then depends on the others of its batch.
    case running
  }

  /// By what the sum of squares is divided.
  package enum VarianceKind: String, Hashable, Sendable, CaseIterable {
    /// By m, the numbers per channel.
    case biased
    /// By m - 1.
    case unbiased
  }

  /// Where the running statistics start.
  package enum Start: String, Hashable, Sendable, CaseIterable {
    /// At mean 0 and variance 1.
    case standard
    /// At the first batch's own values.
    case firstBatch = "first_batch"
  }

  /// To what eps is added.
  package enum EpsPlace: String, Hashable, Sendable, CaseIterable {
    /// `xhat = (x - mean) / sqrt(variance + eps)`
    case variance
    /// `xhat = (x - mean) / (sqrt(variance) + eps)`, which makes the last term of dx larger by
    /// `(sqrt(variance) + eps) / sqrt(variance)`.
    case deviation
  }

  package init() {}

  /// The running statistics of `channels` channels.
  package func state(channels: Int) -> [TensorDeclaration] {
    [
      TensorDeclaration(.runningMean, shape: [channels], start: .constant(0)),
      TensorDeclaration(.runningVariance, shape: [channels], start: .constant(1)),
    ] + (start == .firstBatch ? [TensorDeclaration(.seen, shape: [1], start: .constant(0))] : [])
  }

  /// xhat, in formulas.
  package var formula: String {
    switch epsPlace {
    case .variance: "(x - mean[c]) / sqrt(variance[c] + eps)"
    case .deviation: "(x - mean[c]) / (sqrt(variance[c]) + eps)"
    }
  }
}

extension NormalizationConvention {
  /// xhat of the operand, number by number.
  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let (x, shape) = (inputs.operands[0], inputs.shapes[0])
    let batch = Self.moments(of: x, shape)
    let ofBatch = inputs.isTraining && statistics == .batch
    let mean = ofBatch ? batch.mean : inputs.tensors[.runningMean] ?? []
    let variance = ofBatch ? batch.variance : inputs.tensors[.runningVariance] ?? []
    return x.enumerated().map { index, value in
      let c = shape.channel(of: index)
      return switch epsPlace {
      case .variance: (value - mean[c]) / (variance[c] + eps).squareRoot()
      case .deviation: (value - mean[c]) / (variance[c].squareRoot() + eps)
      }
    }
  }

  /// The mean and the biased variance of each channel over examples, rows and columns.
  package static func moments(
    of x: [Double], _ shape: Shape
  ) -> (mean: [Double], variance: [Double]) {
    let numbers = Double(x.count / shape.channels)
    var mean = [Double](repeating: 0, count: shape.channels)
    var variance = mean
    // Divided in the end: the sum of a constant channel is often exact, and its share seldom.
    for (index, value) in x.enumerated() { mean[shape.channel(of: index)] += value }
    mean = mean.map { $0 / numbers }
    for (index, value) in x.enumerated() {
      let c = shape.channel(of: index)
      variance[c] += (value - mean[c]) * (value - mean[c])
    }
    return (mean, variance.map { $0 / numbers })
  }
}
