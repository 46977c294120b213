/// The random numbers that operations draw, by what they depend on.
package struct RandomDraw: Hashable, Sendable {
  /// Of the training.
  package var seed: UInt64
  /// The step's number, from 1.
  package var step: UInt64
  /// The layer's index.
  package var layer: Int
  /// The epoch's number, from 0.
  package var epoch: UInt64

  package init(seed: UInt64, step: UInt64, layer: Int, epoch: UInt64 = 0) {
    self.seed = seed
    self.step = step
    self.layer = layer
    self.epoch = epoch
  }

  /// The number of 31 bits of unit `unit` of example `example`: four units share a counter
  /// `[unit / 4, example, layer, step]`, whose key is the seed. A counter has 32 bits: from step 2^32 on the
  /// key is the next seed.
  package func number(example: Int, unit: Int) -> UInt32 {
    number(unit, [UInt32(truncatingIfNeeded: example), UInt32(truncatingIfNeeded: layer)], step)
  }

  /// The number of 31 bits of unit `unit` that `augmentation` draws for row `row` of the data: four
  /// units share a counter `[unit / 4, row, stream, epoch]`.
  package func number(
    row: Int, unit: Int, of augmentation: any Augmentation, epoch: UInt64? = nil
  ) -> UInt32 {
    number(
      unit, [UInt32(truncatingIfNeeded: row), augmentation.streamCounter], epoch ?? self.epoch)
  }

  private func number(_ unit: Int, _ middle: [UInt32], _ last: UInt64) -> UInt32 {
    let key = seed &+ last >> 32
    let generator = Philox(key: (UInt32(truncatingIfNeeded: key), UInt32(key >> 32)))
    let counter = [UInt32(truncatingIfNeeded: unit / 4)] + middle
    return generator.numbers(at: counter + [UInt32(truncatingIfNeeded: last)])[unit % 4] >> 1
  }
}
