import IR

/// What a training block can say.
package enum SettingTable {
  static let batch = Key.whole(
    "batch", in: Limits.batch, says: "64", "examples per step, at most")
  static let accumulate = Key.whole(
    "accumulate", in: Limits.batch, says: "1",
    "passes of so many examples whose gradients make one step")
  static let epochs = Key.whole(
    "epochs", in: Limits.epochs, says: "10", "passes over the training set")

  /// All of them, in the order of the reference.
  package static let all = [
    TrainingSetting(batch), TrainingSetting(accumulate), TrainingSetting(epochs),
    TrainingSetting(
      "optimizer",
      "how a step changes the parameters, or those that are named; of the same optimizer, what is not "
        + "said there is as for all parameters, and 'rate: FACTOR' says the learning rate as a factor "
        + "of that for all, 'epochs: COUNT' for how many epochs they move",
      patterns: "PARAMETERS", of: { $0.optimizers }, fallback: { $0.defaults.optimizer.keyword }),
    TrainingSetting(
      "clip", "what keeps gradients short before the optimizer sees them", of: { $0.clippings }),
    TrainingSetting(
      "average",
      "weights beside the parameters that are evaluated and saved in their place",
      of: { $0.averages }),
    TrainingSetting(
      "schedule", "how the learning rate changes from step to step", of: { $0.schedules },
      fallback: { $0.defaults.schedule.keyword }),
    TrainingSetting(
      "initialize", "where the parameters start", patterns: "PARAMETERS", of: { $0.initializers },
      fallback: { $0.defaults.initializer.base.keyword }),
    TrainingSetting(
      "data", "what is done to the data; each word once", isRepeated: true, of: { $0.transforms }),
    TrainingSetting(
      "augment",
      "what is drawn anew for each example of a step and done to it, in training alone; in the order "
        + "of the entries, to all inputs that can take it, or to those that are named; what moves an "
        + "image moves targets that have something for each of its places with it",
      patterns: "NAMES", isRepeated: true, of: { $0.augmentations }),
    TrainingSetting(
      "tta",
      "test-time augmentation: how an evaluation and a prediction see each example, of whose outputs "
        + "they take the mean",
      patterns: "INPUTS", isRepeated: true, of: { $0.testAugmentations }),
  ]

  /// The words that start an entry.
  static let names = all.map(\.name)

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
