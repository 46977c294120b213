/// All that the language has words for, in the order of its reference. A pass gets what it needs of
/// an operation from the operation, the language from its definition here: neither knows one by
/// name.
package struct Library: Sendable {
  package var operations: [Definition<any Operation>]
  package var losses: [Definition<any LossFunction>]
  package var optimizers: [Definition<Optimizer>]
  package var schedules: [Definition<Schedule>]
  package var initializers: [Definition<any Initializer>]
  package var penalties: [Definition<Penalty>]
  package var clippings: [Definition<Clipping>]
  package var averages: [Definition<Averaging>]
  /// What a training block can do to the data.
  package var transforms: [Definition<DataTransform>]
  /// What a training block can do to the examples of a training.
  package var augmentations: [Definition<TrainingAugmentation>]
  /// How a training block can have an evaluation look at the examples.
  package var testAugmentations: [Definition<TestAugmentation>]
  /// What is trained with where a model does not say.
  package var defaults: Training

  package init(
    operations: [Definition<any Operation>], losses: [Definition<any LossFunction>],
    optimizers: [Definition<Optimizer>], schedules: [Definition<Schedule>],
    initializers: [Definition<any Initializer>], penalties: [Definition<Penalty>],
    clippings: [Definition<Clipping>], averages: [Definition<Averaging>],
    transforms: [Definition<DataTransform>], augmentations: [Definition<TrainingAugmentation>],
    testAugmentations: [Definition<TestAugmentation>], defaults: Training
  ) {
    self.operations = operations
    self.losses = losses
    self.optimizers = optimizers
    self.schedules = schedules
    self.initializers = initializers
    self.penalties = penalties
    self.transforms = transforms
    self.augmentations = augmentations
    self.testAugmentations = testAugmentations
    self.clippings = clippings
    self.averages = averages
    self.defaults = defaults
  }

  /// The operation that `symbol` between two values stands for.
  package func operation(of symbol: String) -> Definition<any Operation>? {
    operations.first { $0.signature.symbol == symbol }
  }
}
