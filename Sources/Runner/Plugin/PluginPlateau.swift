import Diagnostics
import PluginABI

/// When the learning rate falls because the test stopped getting better.
package struct PluginPlateau: Hashable, Sendable {
  /// What a test is judged by: "loss", "accuracy".
  package let metric: String
  /// What the learning rate is multiplied by.
  package let factor: Double
  /// How much better than the best one a test must be.
  package let threshold: Double
  /// Whether that is a difference, and not a part of the best one.
  package let isAbsolute: Bool
  /// The part of the learning rate that it does not fall below.
  package let end: Double
  /// How many epochs in a row may be no better.
  package let patience: Int
  /// How many epochs after a fall are not counted.
  package let cooldown: Int

  /// Reads a plugin's row.
  ///
  /// - Throws: a failure without a path when the row makes no sense.
  init(_ row: bnc_plateau, in memory: PluginMemory) throws {
    metric = try memory.text(row.metric, "plateau's metric")
    guard (0...1).contains(row.factor), (0...1).contains(row.end), row.threshold >= 0,
      row.patience >= 0, row.cooldown >= 0
    else { throw Failure("describes a plateau in a way that is not known here") }
    (factor, threshold, end) = (row.factor, row.threshold, row.end)
    isAbsolute = row.is_absolute != 0
    (patience, cooldown) = (Int(row.patience), Int(row.cooldown))
  }
}
