import IR

extension Definition<Optimizer> {
  /// `adam(lr: 0.001, beta1: 0.9, beta2: 0.999, eps: 1e-8)` (Kingma and Ba, 2015): the means are
  /// divided by what their first value 0 makes them too small by.
  package static var adam: Self {
    adam(
      "adam", "steps along the mean of gradients, divided by the root of their mean square",
      decay: 0, .coupled)
  }

  /// `adamw(weight_decay: 0.01)` (Loshchilov and Hutter, 2019): parameters decay beside the step.
  package static var adamW: Self {
    adam(
      "adamw", "adam, whose weight decay is apart from the gradient", decay: 0.01, .decoupled)
  }

  private static func adam(
    _ keyword: String, _ summary: String, decay fallback: Double, _ coupling: WeightDecay.Coupling
  ) -> Self {
    let (rate, decay) = (AdamKeys.rate(0.001), WeightDecay.key(fallback, coupling))
    let (beta1, beta2, epsilon) = (AdamKeys.beta1, AdamKeys.beta2, AdamKeys.epsilon)
    let amsgrad = Key.flag(
      "amsgrad", default: false,
      "whether the largest mean square so far is divided by (Reddi et al., 2018)")
    return Self(
      keyword, summary,
      keyed: [
        rate.parameter, beta1.parameter, beta2.parameter, epsilon.parameter, decay.parameter,
        amsgrad.parameter, AdamKeys.biasCorrection.parameter,
      ]
    ) { arguments throws(ArgumentError) in
      let keepsLargest = try arguments.value(amsgrad)
      let corrects = try arguments.value(AdamKeys.biasCorrection)
      let weightDecay = WeightDecay(try arguments.value(decay), coupling)
      return Optimizer(
        keyword,
        hyperparameters: [
          .init("learning_rate", rate, try arguments.value(rate)),
          .init("beta1", beta1, try AdamKeys.weight(beta1, in: arguments), isMomentum: true),
          .init("beta2", beta2, try AdamKeys.weight(beta2, in: arguments)),
          .init("eps", epsilon, try arguments.value(epsilon)),
        ] + weightDecay.hyperparameters,
        forms: (keepsLargest ? [AttributeValue(amsgrad, keepsLargest)] : [])
          + AdamKeys.form(corrects: corrects),
        slots: [.init("mean"), .init("square")] + (keepsLargest ? [.init("largest")] : []),
        scalars: corrects
          ? [
            .init(
              "rate", Optimizer.learningRate / (1 - .power(.variable("beta1"), Optimizer.step))),
            AdamKeys.squareShare,
          ] : [],
        updates: weightDecay.updates + AdamKeys.moments
          + (keepsLargest
            ? [.init("largest", .max(.variable("largest"), .variable("square")))] : [])
          + [
            .init(
              "p",
              Optimizer.parameter
                - (corrects ? .variable("rate") : Optimizer.learningRate) * .variable("mean")
                / AdamKeys.root(of: keepsLargest ? "largest" : "square", corrects: corrects))
          ])
    }
  }
}
