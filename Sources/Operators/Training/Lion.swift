import IR

private let beta1 = Key.real(
  "beta1", atLeast: 0, atMost: 1, default: 0.9,
  "the weight of the mean, against the gradient, in where a step goes")
private let beta2 = Key.real(
  "beta2", atLeast: 0, atMost: 1, default: 0.99, "the weight of the old mean of gradients")

extension Definition<Optimizer> {
  /// `lion(lr: 0.0001)` (Chen et al., 2023): every number moves by the rate, as the sign of
  /// beta1 mean + (1 - beta1) gradient says; parameters decay apart from that.
  package static var lion: Self {
    let (rate, decay) = (AdamKeys.rate(0.0001), WeightDecay.key(0, .decoupled))
    return Self(
      "lion", "steps of one length, as the sign of a mean of gradients says",
      keyed: [rate.parameter, beta1.parameter, beta2.parameter, decay.parameter]
    ) { arguments throws(ArgumentError) in
      let (b1, b2) = (ScalarExpression.variable("beta1"), ScalarExpression.variable("beta2"))
      let (mean, g) = (ScalarExpression.variable("mean"), Optimizer.gradient)
      let toward = ScalarExpression.variable("toward")
      let weightDecay = WeightDecay(try arguments.value(decay), .decoupled)
      return Optimizer(
        "lion",
        hyperparameters: [
          .init("learning_rate", rate, try arguments.value(rate)),
          .init("beta1", beta1, try arguments.value(beta1), isMomentum: true),
          .init("beta2", beta2, try AdamKeys.weight(beta2, in: arguments)),
        ] + weightDecay.hyperparameters,
        slots: [.init("mean")],
        updates: weightDecay.updates + [
          .init("toward", b1 * mean + (1 - b1) * g),
          .init("mean", b2 * mean + (1 - b2) * g),
          .init(
            "p",
            Optimizer.parameter - Optimizer.learningRate
              * .select(0 < toward, 1, .select(toward < 0, -1, 0))),
        ])
    }
  }
}
