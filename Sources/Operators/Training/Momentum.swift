import IR

private let momentumKey = Key.real(
  "momentum", atLeast: 0, atMost: 1, default: 0.9, "the weight of the old velocity")

extension Definition<Optimizer> {
  /// `momentum(lr: 0.01, momentum: 0.9)`: velocity = momentum * velocity + gradient, as PyTorch's
  /// SGD has it (Polyak, 1964).
  package static var momentum: Self {
    Self(
      "momentum", "a velocity that collects gradients moves the parameter",
      keyed: [Optimizer.rate.parameter, momentumKey.parameter]
    ) { arguments throws(ArgumentError) in
      Optimizer(
        "momentum",
        hyperparameters: [
          .init("learning_rate", Optimizer.rate, try arguments.value(Optimizer.rate)),
          .init("momentum", momentumKey, try arguments.value(momentumKey)),
        ],
        slots: [.init("velocity")],
        updates: [
          .init(
            "velocity", .variable("momentum") * .variable("velocity") + Optimizer.gradient),
          .init("p", Optimizer.parameter - Optimizer.learningRate * .variable("velocity")),
        ])
    }
  }
}
