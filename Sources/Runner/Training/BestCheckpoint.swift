/// A checkpoint in memory of the epoch with the best result so far.
struct BestCheckpoint {
  /// What was learned then.
  let copy: AlignedMemory
  private(set) var epoch: Int?

  /// A copy of what `regions` learn; `epoch` says whose it will be, where a checkpoint fills it.
  init(_ regions: Regions, epoch: Int? = nil) throws {
    copy = try AlignedMemory(
      byteCount: regions.learnedSize, purpose: "a copy of the best weights")
    regions.copyLearned(to: copy)
    self.epoch = epoch
  }

  /// Keeps what `regions` hold after the last of the epochs that are done, if that is the best one.
  mutating func didEvaluate(_ regions: Regions, _ progress: TrainingProgress) {
    guard let best = progress.best, best.epoch == progress.epochs.count - 1 else { return }
    regions.copyLearned(to: copy)
    epoch = best.epoch
  }

  /// Puts the checkpoint back: their epoch; nil where no epoch was finished, and nothing changes.
  func restore(_ regions: Regions) -> Int? {
    if epoch != nil { regions.restoreLearned(from: copy) }
    return epoch
  }
}
