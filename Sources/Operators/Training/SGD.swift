import IR

extension Optimizer {
  /// How far a step goes; its name in tables is `learning_rate`.
  static let rate = Key.real(
    "lr", atLeast: 0, default: 0.01, "how far a step goes along the gradient")

  /// Stochastic gradient descent.
  package static func sgd(learningRate: Double) -> Optimizer {
    Optimizer(
      "sgd", hyperparameters: [.init("learning_rate", rate, learningRate)],
      updates: [.init("p", parameter - Self.learningRate * gradient)])
  }
}

extension Definition<Optimizer> {
  /// `sgd(lr: 0.01)`
  package static var sgd: Self {
    Self(
      "sgd", "parameter -= lr * gradient", keyed: [Optimizer.rate.parameter]
    ) { arguments throws(ArgumentError) in .sgd(learningRate: try arguments.value(Optimizer.rate)) }
  }
}
