import Diagnostics
import PluginABI

/// What a training adds to its sounds: a piece of a recording of noise to some of them, before anything
/// is made of them.
///
///     y[k] = clip(x[k] + v * noise[offset + k], -1, 1),  v uniform from 0 to `volume`
package struct BackgroundNoise: Hashable, Sendable {
  /// The part of the sounds that get a piece.
  package let frequency: Double
  /// What a piece is multiplied by at most.
  package let volume: Double

  package init(frequency: Double, volume: Double) {
    (self.frequency, self.volume) = (frequency, volume)
  }

  /// What a plugin says of an input; nil where its model says nothing of noise.
  ///
  /// - Throws: a failure without a path where it makes no sense.
  init?(_ row: bnc_sound) throws {
    guard row.background_volume != 0 else { return nil }
    (frequency, volume) = (row.background_frequency, row.background_volume)
    guard (0...1).contains(frequency), volume > 0, volume <= 1 else {
      throw Failure("adds background noise to sounds in a way that cannot be")
    }
  }

  /// A piece of a recording, and how loud it is.
  struct Piece: Hashable, Sendable {
    let recording, start: Int
    let volume: Double
  }

  /// What row `row` of the data gets in epoch `epoch`, of recordings of so many samples each, none of
  /// them fewer than `length`; nil where it gets nothing. It depends on the arguments alone.
  func piece(seed: UInt64, epoch: Int, row: Int, recordings: [Int], length: Int) -> Piece? {
    var generator = RandomGenerator(
      seed: seed, purpose: .background, index: UInt64(epoch) << 32 | UInt64(row))
    guard generator.uniform() < frequency, !recordings.isEmpty else { return nil }
    let recording = Int(generator.below(UInt64(recordings.count)))
    return Piece(
      recording: recording,
      start: Int(generator.below(UInt64(recordings[recording] - length + 1))),
      volume: generator.uniform(0, volume))
  }
}
