import IR

extension Definition<any LossFunction> {
  /// `sum over the m outputs of (x - target)^2 / (2 m)`, gradient `(x - target) / m`, as MXNet's
  /// LinearRegressionOutput has it.
  package static var linearRegression: Self {
    Self(
      "linear_regression", "half the mean of the squared errors"
    ) { _ in ElementwiseLoss("linear_regression") { x, t in (x - t) * (x - t) / 2 } }
  }

  /// `(x - t)^2`, as PyTorch's MSELoss.
  package static var meanSquaredError: Self {
    Self(
      "mean_squared_error", "the mean over the outputs of the squared errors"
    ) { _ in ElementwiseLoss("mean_squared_error") { x, t in (x - t) * (x - t) } }
  }

  /// `|x - t|`, as PyTorch's L1Loss; the slope where x is t is 0, as there.
  package static var meanAbsoluteError: Self {
    Self(
      "mean_absolute_error", "the mean over the outputs of the sizes of the errors"
    ) { _ in
      let error = ScalarExpression.variable("x") - .variable("t")
      return ElementwiseLoss(
        "mean_absolute_error", slope: .select(error < 0, -1, .select(0 < error, 1, 0))
      ) { x, t in .abs(x - t) }
    }
  }

  private static var delta: Key<Double> {
    .positive("delta", default: 1, "the size of an error from which on it counts by its size alone")
  }

  /// `(x - t)^2 / 2` of errors up to delta, `delta (|x - t| - delta / 2)` of larger ones (Huber,
  /// 1964), as PyTorch's HuberLoss.
  package static var huber: Self {
    Self(
      "huber",
      "half the squares of small errors, the sizes of large ones: the mean over the outputs",
      keyed: [delta.parameter]
    ) { arguments throws(ArgumentError) in
      let value = try arguments.value(delta)
      let d = ScalarExpression.constant(value)
      return ElementwiseLoss("huber", attributes: [AttributeValue(delta, value)]) { x, t in
        .select(.abs(x - t) <= d, (x - t) * (x - t) / 2, d * (.abs(x - t) - .constant(value / 2)))
      }
    }
  }

  private static var beta: Key<Double> {
    .positive("beta", default: 1, "the size of an error from which on it counts by its size alone")
  }

  /// The Huber loss with delta `beta`, divided by it, as PyTorch's SmoothL1Loss: the slope of large
  /// errors is 1.
  package static var smoothL1: Self {
    Self(
      "smooth_l1", "huber divided by its delta, so that large errors have the slope 1",
      keyed: [beta.parameter]
    ) { arguments throws(ArgumentError) in
      let value = try arguments.value(beta)
      let b = ScalarExpression.constant(value)
      return ElementwiseLoss("smooth_l1", attributes: [AttributeValue(beta, value)]) { x, t in
        .select(
          .abs(x - t) <= b, (x - t) * (x - t) / .constant(2 * value),
          .abs(x - t) - .constant(value / 2))
      }
    }
  }

  private static var margin: Key<Double> {
    .positive("margin", default: 1, "how far on the right side a number must be to cost nothing")
  }

  /// `max(0, margin - t x)` of targets -1 and 1, as Keras's Hinge; of two classes the first is -1
  /// and the second 1.
  package static var hinge: Self {
    Self(
      "hinge",
      "what is missing from a margin on the side that the target, -1 or 1, is on: the mean over "
        + "the outputs; of two classes the first is -1",
      keyed: [margin.parameter]
    ) { arguments throws(ArgumentError) in
      let value = try arguments.value(margin)
      return ElementwiseLoss(
        "hinge", attributes: [AttributeValue(margin, value)], targets: .valuesOrTwoClasses,
        classNumber: 2 * .variable("t") - 1, isOfLogit: true, reads: .sides
      ) { x, t in .max(.constant(value) - t * x, 0) }
    }
  }

  private static var logTarget: Key<Bool> {
    .flag("log_target", default: false, "whether the targets are logarithms of probabilities too")
  }

  /// `t (log t - x)` of probabilities t and logarithms of probabilities x, added up over the
  /// outputs: the divergence of the distribution x from the distribution t (Kullback and Leibler,
  /// 1951). With `reduction: mean` it is what PyTorch's KLDivLoss calls `batchmean`. A target of 0
  /// costs nothing, as there.
  package static var kullbackLeibler: Self {
    Self(
      "kl_divergence",
      "of logarithms of probabilities from probabilities, t (log(t) - x): the sum over the outputs",
      keyed: [logTarget.parameter]
    ) { arguments throws(ArgumentError) in
      let isLog = try arguments.value(logTarget)
      return ElementwiseLoss(
        "kl_divergence", attributes: isLog ? [AttributeValue(logTarget, true)] : [],
        gathering: .sum, reads: .logarithmsOfProbabilities
      ) { x, t in
        isLog ? .exp(t) * (t - x) : .select(t <= 0, 0, t * .log(t)) - t * x
      }
    }
  }
}
