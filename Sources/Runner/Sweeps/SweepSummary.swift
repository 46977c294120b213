import Diagnostics

/// What a sweep came to: its choices from the best to the worst, those without a result last.
package struct SweepSummary: Sendable {
  /// What one choice of the settings came to, over its seeds.
  package struct Row: Hashable, Sendable {
    package let trial: SweepTrial
    /// Of the seeds that have a result, in their order.
    package let values: [Double]
    /// The same over the test set, where another part judged the epochs.
    package let testValues: [Double]
    /// The epoch that was the best one, counted from 0, of the same seeds.
    package let bestEpochs: [Int]
    /// Why the other seeds have none.
    package let failures: [Failed]
    package let seconds: Double

    /// The mean over the seeds; nil where no seed has a result.
    package var mean: Double? { values.isEmpty ? nil : Self.mean(values) }

    /// The standard deviation over the seeds, of a sample; nil of fewer than two.
    package var deviation: Double? { Self.deviation(values) }

    static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    static func deviation(_ values: [Double]) -> Double? {
      guard values.count > 1 else { return nil }
      let mean = mean(values)
      let squares = values.map { ($0 - mean) * ($0 - mean) }
      return (squares.reduce(0, +) / Double(values.count - 1)).squareRoot()
    }
  }

  /// A seed without a result.
  package struct Failed: Hashable, Sendable, Encodable {
    package let seed: UInt64
    package let reason: String
  }

  /// A run without a result, which has no record either: it is tried again next time.
  package struct Lost: Hashable, Sendable {
    package var trial: SweepTrial
    package var seed: UInt64
    package var reason: String

    package init(trial: SweepTrial, seed: UInt64, reason: String) {
      (self.trial, self.seed, self.reason) = (trial, seed, reason)
    }
  }

  /// What the settings are compared by.
  package let monitor: Monitor
  /// The part of the data that it is of.
  package let judge: Dataset.Part
  package let rows: [Row]

  /// A summary of the runs that are done, and of those that failed.
  package init(
    _ trials: [SweepTrial], records: [SweepRecord], lost: [Lost], monitor: Monitor,
    judge: Dataset.Part
  ) {
    (self.monitor, self.judge) = (monitor, judge)
    let bySettings = Dictionary(grouping: records, by: \.settings)
    let lostByTrial = Dictionary(grouping: lost, by: \.trial.number)
    let rows = trials.map { trial -> Row in
      let records = (bySettings[trial.settings] ?? []).sorted { $0.seed < $1.seed }
      let good = records.filter { $0.value != nil }
      let failures =
        records.compactMap { record in record.failure.map { Failed(seed: record.seed, reason: $0) }
        }
        + (lostByTrial[trial.number] ?? []).map { Failed(seed: $0.seed, reason: $0.reason) }
      return Row(
        trial: trial, values: good.compactMap(\.value), testValues: good.compactMap(\.testValue),
        bestEpochs: good.compactMap(\.bestEpoch),
        failures: failures.sorted { $0.seed < $1.seed },
        seconds: records.map(\.seconds).reduce(0, +))
    }
    self.rows = rows.sorted { left, right in
      if monitor.isBetter(left.mean, than: right.mean) { return true }
      if monitor.isBetter(right.mean, than: left.mean) { return false }
      return left.trial.number < right.trial.number
    }
  }

  /// The best choice; nil where none has a result.
  package var best: Row? { rows.first { $0.mean != nil } }

  /// `validation accuracy`
  package var judgement: String { "\(judge.rawValue) \(monitor.name)" }

  /// A row for each choice, the best one first, then why runs have no result.
  package var table: String {
    let names = rows.first?.trial.settings.map(\.name) ?? []
    let hasTest = rows.contains { !$0.testValues.isEmpty }
    let severalSeeds = rows.contains { $0.values.count + $0.failures.count > 1 }
    let spread = severalSeeds ? ["+/-", "seeds"] : ["best epoch"]
    var table = TextTable(
      .right,
      rows: [
        ["run"] + names + [judgement] + spread + (hasTest ? ["test \(monitor.name)"] : [])
          + ["seconds"]
      ])
    for row in rows {
      let seeds = row.values.count + row.failures.count
      let spread =
        severalSeeds
        ? [Self.text(row.deviation), "\(row.values.count)/\(seeds)"]
        : [row.bestEpochs.first.map { "\($0)" } ?? "-"]
      table.append(
        ["\(row.trial.number)"] + row.trial.settings.map(\.value)
          + [row.mean == nil && seeds > 0 ? "failed" : Self.text(row.mean)] + spread
          + (hasTest
            ? [Self.text(row.testValues.isEmpty ? nil : Row.mean(row.testValues))] : [])
          + [row.seconds > 0 ? fixed(row.seconds, decimals: 1) : "-"])
    }
    let failures = rows.flatMap { row in
      row.failures.map { "run \(row.trial.number), seed \($0.seed): \($0.reason)\n" }
    }
    return table.text + failures.joined()
  }

  private static func text(_ number: Double?) -> String {
    number.map { shortest($0, digits: 5) } ?? "-"
  }
}

extension SweepSummary: Encodable {
  private enum CodingKeys: String, CodingKey { case metric, part, runs, best }

  private struct EncodedRow: Encodable {
    let run: Int
    let settings: [SettingText]
    let mean, deviation: Double?
    let values, testValues: [Double]
    let bestEpochs: [Int]
    let failures: [Failed]
    let seconds: Double

    enum CodingKeys: String, CodingKey {
      case run, settings, mean, deviation, values, failures, seconds
      case testValues = "test_values"
      case bestEpochs = "best_epochs"
    }

    init(_ row: Row) {
      run = row.trial.number
      settings = row.trial.settings
      (mean, deviation) = (row.mean, row.deviation)
      (values, testValues, bestEpochs) = (row.values, row.testValues, row.bestEpochs)
      failures = row.failures
      seconds = row.seconds
    }
  }

  /// `{"best":1,"metric":"accuracy","part":"test","runs":[…]}`: the runs from the best to the worst,
  /// `best` the first one's number.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(monitor.name, forKey: .metric)
    try container.encode(judge.rawValue, forKey: .part)
    try container.encode(best?.trial.number, forKey: .best)
    try container.encode(rows.map(EncodedRow.init), forKey: .runs)
  }
}
