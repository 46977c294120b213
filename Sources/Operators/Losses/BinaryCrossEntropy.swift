import IR

extension Definition<any LossFunction> {
  private static var positiveWeight: Key<Double> {
    .real(
      "positive_weight", atLeast: 0, default: 1,
      "what the loss of a target of 1 is multiplied by: above 1 the second class is missed less")
  }

  /// `mean over the outputs of -(p t log x + (1 - t) log(1 - x))` of probabilities x; the logarithms
  /// are not less than -100, and the gradient `(x - t) / (x (1 - x))` divides by no less than
  /// 1e-12, as PyTorch's BCELoss has it. p is the positive weight.
  ///
  /// After a sigmoid it is taken of the sigmoid's operand, as PyTorch's BCEWithLogitsLoss: a
  /// probability of a logit of 20 is 1 in float, its loss would be 100 and not 20, and its gradient
  /// 0 and not 1.
  package static var binaryCrossEntropy: Self {
    Self(
      "binary_cross_entropy",
      "minus the logarithm of the probability of what is true, the mean over the outputs; "
        + "after a sigmoid it is computed from what the sigmoid reads",
      keyed: [positiveWeight.parameter]
    ) { arguments throws(ArgumentError) in
      let weight = try arguments.value(positiveWeight)
      let (x, t) = (ScalarExpression.variable("x"), ScalarExpression.variable("t"))
      let p = ScalarExpression.constant(weight)
      let whole = logits(
        "binary_cross_entropy", weight: weight,
        remarks: [
          "x is what the sigmoid before the loss reads: a probability that is rounded to 0 or 1 no",
          "longer says how wrong it is.",
        ])
      return ElementwiseLoss(
        "binary_cross_entropy", attributes: attributes(weight), targets: .valuesOrTwoClasses,
        isOfLabels: true, reads: .probabilities, absorbing: [.init(of: .sigmoid(x), into: whole)],
        remarks: [
          "A probability of 0 or 1 would cost infinitely much: no logarithm counts below -100, and no",
          "gradient is divided by less than 1e-12, as PyTorch has it.",
        ],
        slope: (weight == 1 ? x - t : (1 - t) * x - p * t * (1 - x)) / .max(x * (1 - x), 1e-12)
      ) { x, t in
        -((weight == 1 ? t : p * t) * .max(.log(x), -100) + (1 - t) * .max(.log(1 - x), -100))
      }
    }
  }

  /// The same of logits, which are what a sigmoid would make probabilities of, as PyTorch's
  /// BCEWithLogitsLoss.
  package static var binaryCrossEntropyWithLogits: Self {
    Self(
      "binary_cross_entropy_with_logits",
      "binary_cross_entropy of the sigmoid of the value, the mean over the outputs",
      keyed: [positiveWeight.parameter]
    ) { arguments throws(ArgumentError) in
      logits(
        "binary_cross_entropy_with_logits", weight: try arguments.value(positiveWeight),
        isOfLogit: true)
    }
  }

  private static func attributes(_ weight: Double) -> [AttributeValue] {
    weight == 1 ? [] : [AttributeValue(positiveWeight, weight)]
  }

  /// `mean over the outputs of log(1 + exp(x)) - t x` of logits x, written so that nothing
  /// overflows and that a small loss keeps its digits; the gradient is `sigmoid(x) - t`. With a
  /// positive weight p, `(1 - t) log(1 + exp(x)) + p t log(1 + exp(-x))`.
  private static func logits(
    _ keyword: String, weight: Double, isOfLogit: Bool = false, remarks: [String] = []
  ) -> ElementwiseLoss {
    let (x, t) = (ScalarExpression.variable("x"), ScalarExpression.variable("t"))
    let p = ScalarExpression.constant(weight)
    return ElementwiseLoss(
      keyword, attributes: attributes(weight), targets: .valuesOrTwoClasses,
      isOfLogit: isOfLogit, isOfLabels: true, reads: isOfLogit ? .logits : nil,
      probabilities: isOfLogit ? .sigmoid : nil,
      remarks: remarks,
      slope: weight == 1 ? .sigmoid(x) - t : (1 - t) * .sigmoid(x) - p * t * .sigmoid(-x)
    ) { x, t in
      weight == 1
        ? .max(x, 0) - t * x + .softplus(-.abs(x))
        : (1 - t) * .softplus(x) + p * t * .softplus(-x)
    }
  }
}
