import IR

private let alpha = Key.real(
  "alpha", atLeast: 0, atMost: 1, default: 0.99, "the weight of the old mean of squares")
private let momentumKey = Key.real(
  "momentum", atLeast: 0, atMost: 1, default: 0, "the weight of the old velocity")
private let centered = Key.flag(
  "centered", default: false,
  "whether the mean of gradients is taken off, so that their variance is divided by")

extension Definition<Optimizer> {
  /// `rmsprop(lr: 0.01, alpha: 0.99)` (Tieleman and Hinton, 2012) as PyTorch's RMSprop has it: eps is
  /// added to the root.
  package static var rmsprop: Self {
    let decay = WeightDecay.key(0, .coupled)
    return Self(
      "rmsprop", "steps along the gradient, divided by the root of its mean square",
      keyed: [
        Optimizer.rate.parameter, alpha.parameter, AdamKeys.epsilon.parameter, decay.parameter,
        momentumKey.parameter, centered.parameter,
      ]
    ) { arguments throws(ArgumentError) in
      let (inertia, isCentered) = (
        try arguments.value(momentumKey), try arguments.value(centered)
      )
      let weightDecay = WeightDecay(try arguments.value(decay), .coupled)
      return Optimizer(
        "rmsprop",
        hyperparameters: [
          .init("learning_rate", Optimizer.rate, try arguments.value(Optimizer.rate)),
          .init("alpha", alpha, try AdamKeys.weight(alpha, in: arguments)),
          .init("eps", AdamKeys.epsilon, try arguments.value(AdamKeys.epsilon)),
        ] + (inertia > 0 ? [.init("momentum", momentumKey, inertia, isMomentum: true)] : [])
          + weightDecay.hyperparameters,
        forms: isCentered ? [AttributeValue(centered, isCentered)] : [],
        slots: [.init("square")] + (isCentered ? [.init("mean")] : [])
          + (inertia > 0 ? [.init("velocity")] : []),
        updates: weightDecay.updates
          + step(hasMomentum: inertia > 0, isCentered: isCentered))
    }
  }

  private static func step(hasMomentum: Bool, isCentered: Bool) -> [Optimizer.Assignment] {
    let (a, g) = (ScalarExpression.variable("alpha"), Optimizer.gradient)
    let (square, mean) = (ScalarExpression.variable("square"), ScalarExpression.variable("mean"))
    let velocity = ScalarExpression.variable("velocity")
    // Rounding may make a variance that is nearly 0 negative.
    let spread = isCentered ? ScalarExpression.max(.variable("variance"), 0) : square
    let root = .sqrt(spread) + ScalarExpression.variable("eps")
    return [.init("square", a * square + (1 - a) * g * g)]
      + (isCentered
        ? [
          .init("mean", a * mean + (1 - a) * g), .init("variance", square - mean * mean),
        ] : [])
      + (hasMomentum ? [.init("velocity", .variable("momentum") * velocity + g / root)] : [])
      + [
        .init(
          "p",
          Optimizer.parameter
            - Optimizer.learningRate * (hasMomentum ? velocity : g / root))
      ]
  }
}
