import IR

private let adamRate = Key.real("lr", atLeast: 0, default: 0.001, "the length of a step")
private let beta1 = Key.real(
  "beta1", atLeast: 0, atMost: 1, default: 0.9, "the weight of the old mean of gradients")
private let beta2 = Key.real(
  "beta2", atLeast: 0, atMost: 1, default: 0.999, "the weight of the old mean of their squares")
private let epsilon = Key.real("eps", atLeast: 0, default: 1e-8, "keeps the division from zero")

extension Definition<Optimizer> {
  /// `adam(lr: 0.001, beta1: 0.9, beta2: 0.999, eps: 1e-8)` (Kingma and Ba, 2015): the means are
  /// divided by what their first value 0 makes them too small by.
  package static var adam: Self {
    Self(
      "adam", "steps along the mean of gradients, divided by the root of their mean square",
      keyed: [adamRate.parameter, beta1.parameter, beta2.parameter, epsilon.parameter]
    ) { arguments throws(ArgumentError) in
      let (b1, b2) = (ScalarExpression.variable("beta1"), ScalarExpression.variable("beta2"))
      let (m, v) = (ScalarExpression.variable("mean"), ScalarExpression.variable("square"))
      let (g, t) = (Optimizer.gradient, Optimizer.step)
      return Optimizer(
        "adam",
        hyperparameters: [
          .init("learning_rate", adamRate, try arguments.value(adamRate)),
          .init("beta1", beta1, try arguments.value(beta1)),
          .init("beta2", beta2, try arguments.value(beta2)),
          .init("eps", epsilon, try arguments.value(epsilon)),
        ],
        slots: [.init("mean"), .init("square")],
        scalars: [
          .init("rate", Optimizer.learningRate / (1 - .power(b1, t))),
          .init("square_share", 1 / (1 - .power(b2, t))),
        ],
        updates: [
          .init("mean", b1 * m + (1 - b1) * g),
          .init("square", b2 * v + (1 - b2) * g * g),
          .init(
            "p",
            Optimizer.parameter - .variable("rate") * m
              / (.sqrt(v * .variable("square_share")) + .variable("eps"))),
        ])
    }
  }
}
