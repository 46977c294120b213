/// A checkpoint in memory of what was learned when the loss was last known to be finite.
///
/// A step's loss speaks of the parameters before its update, so those are copied first and count as
/// finite once the step's loss is finite. Large networks are copied at every 16th step only.
struct FiniteCheckpoint {
  /// What was learned then.
  private(set) var finite: AlignedMemory
  private var candidate: AlignedMemory
  private let interval: Int
  /// Steps since the first copy.
  private(set) var step: Int

  /// Keeps what `regions` hold now; `step` goes on from a checkpoint, whose copy takes its place.
  init(_ regions: Regions, step: Int = 0) throws {
    self.step = step
    finite = try AlignedMemory(byteCount: regions.learnedSize, purpose: "a copy of the weights")
    candidate = try AlignedMemory(byteCount: regions.learnedSize, purpose: "a copy of the weights")
    interval = regions.learnedSize < 4 << 20 ? 1 : 16
    regions.copyLearned(to: finite)
  }

  /// Called before each step.
  func willStep(_ regions: Regions) {
    if step % interval == 0 { regions.copyLearned(to: candidate) }
  }

  /// Called after each step whose loss is finite.
  mutating func didStep() {
    if step % interval == 0 { swap(&finite, &candidate) }
    step += 1
  }

  /// Puts the checkpoint back.
  func restore(_ regions: Regions) { regions.restoreLearned(from: finite) }
}
