/// The `training` block: what `bnc train` does unless told otherwise.
package struct Training: Hashable, Sendable {
  /// Examples per step, at most.
  package var batch: Int
  /// Examples per step over all processes, where `batch` is one's share of them; nil: the same.
  package var dividedBatch: Int?
  /// Passes of so many examples whose gradients are added up to a step's.
  package var accumulated = 1
  /// Passes over the training set.
  package var epochs: Int
  /// How the parameters move.
  package var optimizer: Optimizer
  /// How the parameters move that the model names, later ones before earlier ones.
  package var namedOptimizers: [NamedOptimizer] = []
  /// What is done to gradients before an optimizer sees them.
  package var clipping: Clipping?
  /// What is evaluated and saved in the place of the parameters.
  package var averaging: Averaging?
  /// How the learning rate changes from step to step.
  package var schedule: Schedule
  /// How the parameters start.
  package var initializer: AnyInitializer
  /// How the parameters start that the model names, later ones before earlier ones.
  package var namedInitializers: [NamedInitializer] = []
  /// What each byte of the data is multiplied by on its way in.
  package var dataScale: Double
  /// Whether numbers that are not bytes are multiplied by it too, and not taken as they are.
  package var scalesReals = false
  /// How an evaluation looks at each example several times, one after the other.
  package var testAugmentations: [TestAugmentation] = []
  /// What is made of sound for the input; nil where the data are no sound.
  package var sound: SoundPreparation?
  /// What a host adds to the sounds that it trains on; nil where it adds nothing.
  package var background: BackgroundNoise?
  /// What images of any size are brought to; nil where they have the input's size.
  package var imageSize: ImageSize?

  package init(
    batch: Int = 64, epochs: Int = 10, optimizer: Optimizer, schedule: Schedule,
    initializer: any Initializer, dataScale: Double = 1
  ) {
    self.batch = batch
    self.epochs = epochs
    self.optimizer = optimizer
    self.schedule = schedule
    self.initializer = AnyInitializer(initializer)
    self.dataScale = dataScale
  }

  /// Examples per step over all processes.
  package var wholeBatch: Int { dividedBatch ?? batch }
}
