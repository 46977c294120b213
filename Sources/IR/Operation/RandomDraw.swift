/// What a layer's random numbers in a step depend on, beside the example and the place.
package struct RandomDraw: Hashable, Sendable {
  /// Of the training.
  package var seed: UInt64
  /// The step's number, from 1; its lower half counts.
  package var step: UInt64
  /// The layer's index.
  package var layer: Int

  package init(seed: UInt64, step: UInt64, layer: Int) {
    self.seed = seed
    self.step = step
    self.layer = layer
  }

  /// The number of 31 bits of unit `unit` of example `example`: four units share a counter
  /// `[unit / 4, example, layer, step]`, whose key is the seed.
  package func number(example: Int, unit: Int) -> UInt32 {
    let generator = Philox(key: (UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)))
    let counter = [unit / 4, example, layer].map { UInt32(truncatingIfNeeded: $0) }
    return generator.numbers(at: counter + [UInt32(truncatingIfNeeded: step)])[unit % 4] >> 1
  }
}
