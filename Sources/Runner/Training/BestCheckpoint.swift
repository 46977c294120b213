/// A checkpoint in memory of the epoch with the best result so far.
struct BestCheckpoint {
  private let copy: AlignedMemory
  private var epoch: Int?

  /// Room for a copy of what `regions` learn.
  init(_ regions: Regions) throws {
    copy = try AlignedMemory(
      byteCount: regions.learnedSize, purpose: "a copy of the best weights")
  }

  /// Keeps what `regions` hold after the last of `epochs` if that is the best one.
  mutating func didEvaluate(_ regions: Regions, _ epochs: [EpochResult]) {
    guard let best = epochs.best, best.epoch == epochs.last?.epoch else { return }
    regions.copyLearned(to: copy)
    epoch = best.epoch
  }

  /// Puts the checkpoint back: their epoch; nil where no epoch was finished, and nothing changes.
  func restore(_ regions: Regions) -> Int? {
    if epoch != nil { regions.restoreLearned(from: copy) }
    return epoch
  }
}

extension [EpochResult] {
  /// The first epoch of the highest test accuracy, or of the least test loss where targets are real
  /// values.
  package var best: EpochResult? {
    guard let first else { return nil }
    return dropFirst().reduce(first) { best, result in
      guard let accuracy = result.test.accuracy, let highest = best.test.accuracy else {
        return result.test.loss < best.test.loss ? result : best
      }
      return accuracy > highest ? result : best
    }
  }
}
