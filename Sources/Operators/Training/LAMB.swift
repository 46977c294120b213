import IR

private let epsilon = Key.real(
  "eps", atLeast: 0, default: 1e-6, "keeps the division from zero")

extension Definition<Optimizer> {
  /// `lamb(lr: 0.001, beta1: 0.9, beta2: 0.999, eps: 1e-6)` (You et al., 2020, algorithm 2): where
  /// Adam and the decay of weights would go, as far as the rate times the parameter's own norm.
  package static var lamb: Self {
    let (rate, decay) = (
      AdamKeys.rate(0.001), WeightDecay.key(0, .coupled, to: "direction")
    )
    let (beta1, beta2) = (AdamKeys.beta1, AdamKeys.beta2)
    return Self(
      "lamb", "adam's direction, in steps of lr times the norm of each parameter",
      keyed: [
        rate.parameter, beta1.parameter, beta2.parameter, epsilon.parameter, decay.parameter,
        AdamKeys.biasCorrection.parameter,
      ]
    ) { arguments throws(ArgumentError) in
      let corrects = try arguments.value(AdamKeys.biasCorrection)
      let mean = ScalarExpression.variable("mean")
      let weightDecay = WeightDecay(try arguments.value(decay), .coupled)
      let (long, far) = (TensorStep.parameterNorm, TensorStep.directionNorm)
      return Optimizer(
        "lamb",
        hyperparameters: [
          .init("learning_rate", rate, try arguments.value(rate)),
          .init("beta1", beta1, try AdamKeys.weight(beta1, in: arguments), isMomentum: true),
          .init("beta2", beta2, try AdamKeys.weight(beta2, in: arguments)),
          .init("eps", epsilon, try arguments.value(epsilon)),
        ] + weightDecay.hyperparameters,
        forms: AdamKeys.form(corrects: corrects),
        slots: [.init("mean"), .init("square")],
        scalars: corrects ? [AdamKeys.meanShare, AdamKeys.squareShare] : [],
        updates: AdamKeys.moments + [
          .init(
            "g",
            (corrects ? mean * .variable("mean_share") : mean)
              / AdamKeys.root(corrects: corrects))
        ] + weightDecay.updates,
        tensorStep: TensorStep(
          scalars: [
            .init("trust", .select(0 < long, .select(0 < far, long / far, 1), 1))
          ],
          updates: [
            .init(
              "p",
              Optimizer.parameter - Optimizer.learningRate * .variable("trust")
                * Optimizer.gradient)
          ]))
    }
  }
}
