/// The loss that an epoch's line shows: the first batch's mean, then 99 parts of the old value and
/// one of the batch's mean.
struct MovingLoss: Hashable, Sendable {
  /// The value; 0 before the first batch.
  private(set) var value = 0.0
  private var isEmpty = true

  /// Before the first batch.
  init() {}

  /// As it was after some batches.
  init(value: Double) {
    self.value = value
    isEmpty = false
  }

  /// Takes a batch's mean loss in.
  mutating func add(_ mean: Double) {
    value = isEmpty ? mean : 0.99 * value + 0.01 * mean
    isEmpty = false
  }
}
