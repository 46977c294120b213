import IR

extension Definition<any LossFunction> {
  /// `sum over the m outputs of (x - target)^2 / (2 m)`, gradient `(x - target) / m`, as MXNet's
  /// LinearRegressionOutput has it.
  package static var linearRegression: Self {
    Self(
      "linear_regression", "half the mean of the squared errors"
    ) { _ in ElementwiseLoss("linear_regression") { x, t in (x - t) * (x - t) / 2 } }
  }
}

extension Definition<any LossFunction> {
  /// `mean over the outputs of -(t log x + (1 - t) log(1 - x))` of probabilities x; the logarithms
  /// are not less than -100, and the gradient `(x - t) / (x (1 - x))` divides by no less than
  /// 1e-12, as PyTorch's BCELoss has it.
  ///
  /// After a sigmoid it is taken of the sigmoid's operand, as PyTorch's BCEWithLogitsLoss: a
  /// probability of a logit of 20 is 1 in float, its loss would be 100 and not 20, and its gradient
  /// 0 and not 1.
  package static var binaryCrossEntropy: Self {
    Self(
      "binary_cross_entropy",
      "minus the logarithm of the probability of what is true, the mean over the outputs; "
        + "after a sigmoid it is computed from what the sigmoid reads"
    ) { _ in
      let (x, t) = (ScalarExpression.variable("x"), ScalarExpression.variable("t"))
      return ElementwiseLoss(
        "binary_cross_entropy", targets: .valuesOrTwoClasses,
        absorbing: [.init(of: .sigmoid(x), into: binaryCrossEntropyOfLogits)],
        remarks: [
          "A probability of 0 or 1 would cost infinitely much: no logarithm counts below -100, and no",
          "gradient is divided by less than 1e-12, as PyTorch has it.",
        ],
        slope: (x - t) / .max(x * (1 - x), 1e-12)
      ) { x, t in -(t * .max(.log(x), -100) + (1 - t) * .max(.log(1 - x), -100)) }
    }
  }

  /// `mean over the outputs of log(1 + exp(x)) - t x` of logits x, written so that nothing
  /// overflows and that a small loss keeps its digits; the gradient is `sigmoid(x) - t`.
  private static var binaryCrossEntropyOfLogits: ElementwiseLoss {
    ElementwiseLoss(
      "binary_cross_entropy", targets: .valuesOrTwoClasses,
      remarks: [
        "x is what the sigmoid before the loss reads: a probability that is rounded to 0 or 1 no",
        "longer says how wrong it is.",
      ],
      slope: .sigmoid(.variable("x")) - .variable("t")
    ) { x, t in .max(x, 0) - t * x + .softplus(-.abs(x)) }
  }
}
