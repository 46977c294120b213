import IR

/// What a training block can say.
enum SettingTable {
  private static let own = Training()

  static let batch = Key.whole(
    "batch", in: Limits.batch, default: own.batch, "examples a step, at most")
  static let epochs = Key.whole(
    "epochs", in: Limits.epochs, default: own.epochs, "passes over the training set")

  static let learningRate = Key.real(
    "lr", atLeast: 0, default: 0.01, "how far a step goes along the gradient")

  static let optimizers: [Definition<Training.Optimizer>] = [
    Definition("sgd", "parameter -= lr * gradient", keyed: [learningRate.parameter]) {
      arguments throws(ArgumentError) in .sgd(learningRate: try arguments.value(learningRate))
    }
  ]

  static let deviation = Key.real(
    "deviation", atLeast: 0, "the standard deviation")

  static let initializers: [Definition<Training.Initializer>] = [
    Definition(
      "normal", "every parameter normal around 0, gamma around 1",
      positional: [deviation.parameter]
    ) { arguments throws(ArgumentError) in .normal(deviation: try arguments.value(deviation)) },
    Definition("he", "weights normal with deviation sqrt(2 / fan-in), biases 0") { _ in .he },
    Definition("xavier", "weights uniform within sqrt(6 / (fan-in + fan-out)), biases 0") { _ in
      .xavier
    },
  ]

  static let factor = Key.real(
    "factor", "what each byte of the data is multiplied by; other numbers are taken as they are")

  static let transforms: [Definition<Double>] = [
    Definition("scale", "data in bytes, each times a factor", positional: [factor.parameter]) {
      arguments throws(ArgumentError) in try arguments.value(factor)
    }
  ]

  /// The words that start an entry.
  static let names = ["batch", "epochs", "optimizer", "initialize", "data"]

  static let classCount = Key.whole("count", in: Limits.dimension, "how many classes there are")

  /// `class(10)`: what a target can be beside a shape.
  static let targets: [Definition<Int>] = [
    Definition("class", "one of so many classes", positional: [classCount.parameter]) {
      arguments throws(ArgumentError) in try arguments.value(classCount)
    }
  ]
}
