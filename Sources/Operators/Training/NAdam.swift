import IR

private let momentumDecay = Key.real(
  "momentum_decay", atLeast: 0, default: 0.004, "how fast the momentum rises to beta1")
private let isDecoupled = Key.flag(
  "decoupled_weight_decay", default: false,
  "whether the weight decay is apart from the gradient, as in adamw")

extension Definition<Optimizer> {
  /// `nadam(lr: 0.002)`: Adam with Nesterov's momentum (Dozat, 2016), as PyTorch's NAdam has it. The
  /// momentum of step t is mu(t) = beta1 (1 - 0.96^(t momentum_decay) / 2), and what the mean is too
  /// small by follows from the product of all of them, which is kept beside each parameter.
  package static var nadam: Self {
    let (rate, decay) = (AdamKeys.rate(0.002), WeightDecay.key(0, .coupled))
    let (beta1, beta2, epsilon) = (AdamKeys.beta1, AdamKeys.beta2, AdamKeys.epsilon)
    return Self(
      "nadam", "adam with Nesterov's momentum",
      keyed: [
        rate.parameter, beta1.parameter, beta2.parameter, epsilon.parameter, decay.parameter,
        momentumDecay.parameter, isDecoupled.parameter,
      ]
    ) { arguments throws(ArgumentError) in
      let apart = try arguments.value(isDecoupled)
      let weightDecay = WeightDecay(try arguments.value(decay), apart ? .decoupled : .coupled)
      return Optimizer(
        "nadam",
        hyperparameters: [
          .init("learning_rate", rate, try arguments.value(rate)),
          .init("beta1", beta1, try AdamKeys.weight(beta1, in: arguments), isMomentum: true),
          .init("beta2", beta2, try AdamKeys.weight(beta2, in: arguments)),
          .init("eps", epsilon, try arguments.value(epsilon)),
          .init("momentum_decay", momentumDecay, try arguments.value(momentumDecay)),
        ] + weightDecay.hyperparameters,
        forms: apart ? [AttributeValue(isDecoupled, apart)] : [],
        slots: [.init("mean"), .init("square"), .init("product", start: 1)],
        scalars: [
          .init("mu", momentum(at: Optimizer.step)),
          .init("mu_next", momentum(at: Optimizer.step + 1)), AdamKeys.squareShare,
        ],
        updates: weightDecay.updates + AdamKeys.moments + step)
    }
  }

  private static func momentum(at step: ScalarExpression) -> ScalarExpression {
    .variable("beta1") * (1 - 0.5 * .power(0.96, step * .variable("momentum_decay")))
  }

  /// The product of momenta, and a step along the gradient and the mean.
  private static var step: [Optimizer.Assignment] {
    let (mu, next) = (ScalarExpression.variable("mu"), ScalarExpression.variable("mu_next"))
    let product = ScalarExpression.variable("product")
    return [
      .init("product", product * mu),
      .init(
        "ahead",
        (1 - mu) / (1 - product) * Optimizer.gradient
          + next / (1 - product * next) * .variable("mean")),
      .init(
        "p",
        Optimizer.parameter - Optimizer.learningRate * .variable("ahead") / AdamKeys.root()),
    ]
  }
}
