/// The `training` block: what `bnc train` does unless told otherwise.
package struct Training: Hashable, Sendable {
  /// Examples a step, at most.
  package var batch: Int
  /// Passes over the training set.
  package var epochs: Int
  /// How the parameters move.
  package var optimizer: Optimizer
  /// How the parameters start.
  package var initializer: Initializer
  /// What each byte of the data is multiplied by on its way in; numbers that are not bytes are
  /// taken as they are.
  package var dataScale: Double

  /// How the parameters move after a step.
  package enum Optimizer: Hashable, Sendable {
    /// `parameter -= lr * gradient`
    case sgd(learningRate: Double)
  }

  /// How the parameters start.
  package enum Initializer: Hashable, Sendable {
    /// Every parameter normal with this deviation, around 0 (gamma around 1), as the seeds do.
    case normal(deviation: Double)
    /// Weights normal with deviation sqrt(2 / fan-in) (He et al., 2015); bias and beta 0, gamma 1.
    case he
    /// Weights uniform within sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio, 2010); bias and beta
    /// 0, gamma 1.
    case xavier
  }

  /// A training block; the defaults are the language's own.
  package init(
    batch: Int = 64, epochs: Int = 10, optimizer: Optimizer = .sgd(learningRate: 0.01),
    initializer: Initializer = .he, dataScale: Double = 1
  ) {
    self.batch = batch
    self.epochs = epochs
    self.optimizer = optimizer
    self.initializer = initializer
    self.dataScale = dataScale
  }
}
