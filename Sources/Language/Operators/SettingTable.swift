import IR

/// What a training block can say.
enum SettingTable {
  static let batch = Key.whole(
    "batch", in: Limits.batch, says: "64", "examples per step, at most")
  static let accumulate = Key.whole(
    "accumulate", in: Limits.batch, says: "1",
    "passes of so many examples whose gradients make one step")
  static let epochs = Key.whole(
    "epochs", in: Limits.epochs, says: "10", "passes over the training set")

  /// The settings that take a number.
  static let numbers = [batch.parameter, accumulate.parameter, epochs.parameter]

  /// The words that start an entry.
  static let names = [
    "batch", "accumulate", "epochs", "optimizer", "clip", "average", "schedule", "initialize",
    "data", "augment", "tta",
  ]

  static let classCount = Key.whole("count", in: Limits.dimension, "how many classes there are")

  static let positions = Key.wholes(
    "shape", in: Limits.dimension, counts: 1...3, says: "none",
    "the positions of an example that have a class each, as the rows and columns of an image")

  /// `class(10)`: what a target can be beside a shape.
  static let targets: [Definition<Target.Kind>] = [
    Definition(
      "class", "one of so many classes", positional: [classCount.parameter],
      keyed: [positions.parameter]
    ) { arguments throws(ArgumentError) in
      .classes(
        count: try arguments.value(classCount), positions: arguments.given(positions) ?? [])
    }
  ]
}
