/// What one run of a sweep came to: what its folder remembers.
package struct SweepRecord: Hashable, Sendable, Codable {
  package var settings: [SettingText]
  package var seed: UInt64
  /// Why the run has no result; nil where it has one.
  package var failure: String?
  /// What the best epoch came to in what the sweep goes by.
  package var value: Double?
  /// The best epoch, counted from 0.
  package var bestEpoch: Int?
  /// How many epochs were trained.
  package var epochs: Int
  /// The same number over the test set, with the weights of the best epoch, where another part judged
  /// the epochs.
  package var testValue: Double?
  /// Of training and evaluation.
  package var seconds: Double

  /// Whether a training can have come to it: what was read may have been written by hand. Sums over
  /// seeds stay finite.
  var isSound: Bool {
    let numbers = [value, testValue, seconds].compactMap(\.self)
    return (value == nil) != (failure == nil) && epochs >= 0 && seconds >= 0
      && numbers.allSatisfy { abs($0) < 1e100 }
      && bestEpoch.map { (0..<epochs).contains($0) } ?? (value == nil)
  }

  private enum CodingKeys: String, CodingKey {
    case settings, seed, failure, value, epochs, seconds
    case bestEpoch = "best_epoch"
    case testValue = "test_value"
  }

  /// What a run that ended with `outcome` came to; `failure` says why where it came to nothing.
  package init(
    _ settings: [SettingText], seed: UInt64, _ outcome: Trainer.Outcome, failure: String?,
    seconds: Double
  ) {
    (self.settings, self.seed, self.failure) = (settings, seed, failure)
    value = failure == nil ? outcome.best?.value : nil
    bestEpoch = outcome.best?.epoch
    epochs = outcome.epochs.count
    let test = outcome.test.flatMap { outcome.monitor.value(of: $0) }
    testValue = failure == nil ? test.flatMap { $0.isFinite ? $0 : nil } : nil
    self.seconds = seconds
    if self.failure == nil, value == nil {
      self.failure = "no epoch has a \(outcome.judge.rawValue) \(outcome.monitor.name)"
    }
  }
}
