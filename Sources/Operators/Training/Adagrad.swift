import IR

private let rateDecay = Key.real(
  "lr_decay", atLeast: 0, default: 0, "step t goes lr / (1 + (t - 1) lr_decay) far")
private let start = Key.real(
  "initial_accumulator_value", atLeast: 0, default: 0, "the sum of squares before the first step")
private let epsilon = Key.real(
  "eps", atLeast: 0, default: 1e-10, "keeps the division from zero")

extension Definition<Optimizer> {
  /// `adagrad(lr: 0.01)` (Duchi et al., 2011) as PyTorch's Adagrad has it.
  package static var adagrad: Self {
    let decay = WeightDecay.key(0, .coupled)
    return Self(
      "adagrad", "steps along the gradient, divided by the root of the sum of all its squares",
      keyed: [
        Optimizer.rate.parameter, rateDecay.parameter, decay.parameter, start.parameter,
        epsilon.parameter,
      ]
    ) { arguments throws(ArgumentError) in
      let (sum, g, t) = (ScalarExpression.variable("sum"), Optimizer.gradient, Optimizer.step)
      let weightDecay = WeightDecay(try arguments.value(decay), .coupled)
      let first = try arguments.value(start)
      return Optimizer(
        "adagrad",
        hyperparameters: [
          .init("learning_rate", Optimizer.rate, try arguments.value(Optimizer.rate)),
          .init("lr_decay", rateDecay, try arguments.value(rateDecay)),
          .init("eps", epsilon, try arguments.value(epsilon)),
        ] + weightDecay.hyperparameters,
        forms: first > 0 ? [AttributeValue(start, first)] : [],
        slots: [.init("sum", start: first)],
        scalars: [
          .init("rate", Optimizer.learningRate / (1 + (t - 1) * .variable("lr_decay")))
        ],
        updates: weightDecay.updates + [
          .init("sum", sum + g * g),
          .init(
            "p", Optimizer.parameter - .variable("rate") * g / (.sqrt(sum) + .variable("eps"))),
        ])
    }
  }
}
