/// Where a training stands between two steps: with the weights all that its rest depends on. The
/// order of the examples and all that is drawn follow from the seed, the epoch and the step.
struct TrainingProgress: Hashable, Sendable {
  /// The epoch under way, counted from 0.
  var epoch = 0
  /// How many of its steps are done; all of them where its evaluation is not.
  var epochSteps = 0
  /// How many steps of the training are done.
  var steps: UInt64 = 0
  /// Of the epoch under way.
  var loss = MovingLoss()
  /// Those that are done.
  var epochs: [EpochResult] = []
  /// The best of these.
  var best: BestEpoch?
  /// What the learning rate falls by beside its schedule.
  var plateau = PlateauProgress()

  /// How many epochs have passed since the best one.
  var epochsWithoutImprovement: Int { epochs.count - 1 - (best?.epoch ?? -1) }

  /// Takes the result of the epoch under way in, and begins the next one.
  mutating func didEnd(_ result: EpochResult, _ monitor: Monitor) {
    let value = monitor.value(of: result.test)
    if let value, monitor.isBetter(value, than: best?.value) {
      best = BestEpoch(epoch: epoch, value: value)
    }
    epochs.append(result)
    epoch += 1
    (epochSteps, loss) = (0, MovingLoss())
  }
}

/// The epoch with the best test so far, the first of several.
package struct BestEpoch: Hashable, Sendable {
  /// Counted from 0.
  package let epoch: Int
  /// What it came to.
  package let value: Double
}
