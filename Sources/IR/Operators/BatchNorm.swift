/// Batch normalization (Ioffe and Szegedy, 2015): `batchnorm(eps: 1e-5, momentum: 0.9)`.
///
///     mean[c]     = mean over n, i, j of x[n, c, i, j]
///     variance[c] = mean over n, i, j of (x[n, c, i, j] - mean[c])^2
///     xhat        = (x - mean) / sqrt(variance + eps)
///     y           = gamma[c] * xhat + beta[c]
///
/// Training normalizes with the batch's own statistics and moves the running ones:
/// `running = momentum * running + (1 - momentum) * batch`; a batch of one value per channel, which has no
/// variance, leaves them as they are. Evaluation uses the running ones.
///
/// Gradient, with m numbers a channel and g = dy:
///
///     dbeta  = sum g
///     dgamma = sum g * xhat
///     dx     = gamma / sqrt(variance + eps) * (g - dbeta / m - xhat * dgamma / m)
///
/// The conventions differ from framework to framework, silently; here each is an attribute.
package struct BatchNorm: Operator {
  package static let keyword = "batchnorm"

  /// Keeps the division from zero.
  package var eps: Double
  /// To what eps is added.
  package var epsPlace: EpsPlace
  /// The weight of the OLD running value. (PyTorch's `momentum` is that of the new one.)
  package var momentum: Double
  /// Which variance the running one collects.
  package var runningVariance: VarianceKind
  /// Where the running statistics start.
  package var start: Start
  /// gamma is held at 1 and does not learn, as MXNet's symbol operator does unless told otherwise.
  package var fixGamma: Bool
  /// Whether there are a gamma and a beta at all.
  package var affine: Bool

  /// By what the sum of squares is divided.
  package enum VarianceKind: String, Hashable, Sendable, CaseIterable {
    /// By m, the numbers a channel.
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

  /// A batch norm with these conventions; the defaults are the language's own.
  package init(
    eps: Double = 1e-5, epsPlace: EpsPlace = .variance, momentum: Double = 0.9,
    runningVariance: VarianceKind = .biased,
    start: Start = .firstBatch, fixGamma: Bool = false, affine: Bool = true
  ) {
    self.eps = eps
    self.epsPlace = epsPlace
    self.momentum = momentum
    self.runningVariance = runningVariance
    self.start = start
    self.fixGamma = fixGamma
    self.affine = affine
  }

  package func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  package func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    let shape = [operands[0].channels]
    return affine
      ? [TensorDeclaration(.gamma, shape: shape), TensorDeclaration(.beta, shape: shape)] : []
  }

  package func state(of operands: [Shape]) -> [TensorDeclaration] {
    let shape = [operands[0].channels]
    return [
      TensorDeclaration(.runningMean, shape: shape),
      TensorDeclaration(.runningVariance, shape: shape),
    ] + (start == .firstBatch ? [TensorDeclaration(.seen, shape: [1])] : [])
  }

  package var formula: String {
    affine ? "y = gamma[c] * \(normalized) + beta[c]" : "y = \(normalized)"
  }

  /// What x is divided by after the mean was taken away, in formulas.
  package var deviation: String {
    switch epsPlace {
    case .variance: "sqrt(variance[c] + eps)"
    case .deviation: "(sqrt(variance[c]) + eps)"
    }
  }

  /// xhat, in formulas.
  package var normalized: String { "(x - mean[c]) / \(deviation)" }
}
