/// The order of the examples in each epoch: it follows from the seed and the epoch alone.
struct Shuffle {
  /// The rows in their order.
  private(set) var rows: [UInt32]
  private let seed: UInt64
  private let purpose: RandomGenerator.Purpose

  /// An order of `count` rows.
  init(count: Int, seed: UInt64, purpose: RandomGenerator.Purpose = .shuffle) {
    rows = Array(0..<UInt32(count))
    self.seed = seed
    self.purpose = purpose
  }

  /// Orders the rows for an epoch (Fisher and Yates).
  mutating func shuffle(epoch: Int) {
    var generator = RandomGenerator(seed: seed, purpose: purpose, index: UInt64(epoch))
    for index in rows.indices { rows[index] = UInt32(index) }
    for index in rows.indices.reversed() where index > 0 {
      rows.swapAt(index, Int(generator.below(UInt64(index) + 1)))
    }
  }
}
