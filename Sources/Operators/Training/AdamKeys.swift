import IR

/// What Adam and its relatives are told.
enum AdamKeys {
  static func rate(_ fallback: Double) -> Key<Double> {
    .real("lr", atLeast: 0, default: fallback, "the length of a step")
  }
  static let beta1 = Key.real(
    "beta1", atLeast: 0, atMost: 1, default: 0.9, "the weight of the old mean of gradients")
  static let beta2 = Key.real(
    "beta2", atLeast: 0, atMost: 1, default: 0.999, "the weight of the old mean of their squares")
  static let epsilon = Key.real(
    "eps", atLeast: 0, default: 1e-8, "keeps the division from zero")

  static let biasCorrection = Key.flag(
    "bias_correction", default: true,
    "whether the means are divided by what their first value 0 makes them too small by")

  /// How a model's text says that nothing is corrected.
  static func form(corrects: Bool) -> [AttributeValue] {
    corrects ? [] : [AttributeValue(biasCorrection, corrects)]
  }

  /// The weight of an old mean, which must leave room for what is new.
  static func weight(
    _ key: Key<Double>, in arguments: Arguments
  ) throws(ArgumentError) -> Double {
    let value = try arguments.value(key)
    guard value < 1 else {
      throw ArgumentError(key.name, "must be smaller than 1, or the mean stays 0")
    }
    return value
  }

  /// mean = beta1 mean + (1 - beta1) g and square = beta2 square + (1 - beta2) g^2.
  static var moments: [Optimizer.Assignment] {
    let (b1, b2) = (ScalarExpression.variable("beta1"), ScalarExpression.variable("beta2"))
    let g = Optimizer.gradient
    return [
      .init("mean", b1 * .variable("mean") + (1 - b1) * g),
      .init("square", b2 * .variable("square") + (1 - b2) * g * g),
    ]
  }

  /// 1 / (1 - beta1^t), which makes up for the first value 0 of the mean.
  static var meanShare: Optimizer.Assignment {
    .init("mean_share", 1 / (1 - .power(.variable("beta1"), Optimizer.step)))
  }

  /// 1 / (1 - beta2^t), which makes up for the first value 0 of the mean of squares.
  static var squareShare: Optimizer.Assignment {
    .init("square_share", 1 / (1 - .power(.variable("beta2"), Optimizer.step)))
  }

  /// sqrt(square / (1 - beta2^t)) + eps, of the squares that `slot` keeps; sqrt(square) + eps where
  /// nothing is corrected.
  static func root(of slot: String = "square", corrects: Bool = true) -> ScalarExpression {
    let square = ScalarExpression.variable(slot)
    return .sqrt(corrects ? square * .variable("square_share") : square) + .variable("eps")
  }
}
