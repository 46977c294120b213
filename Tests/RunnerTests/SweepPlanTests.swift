import Foundation
import Testing

@testable import Runner

/// Which settings a sweep tries, and what it says of them.
@Suite struct SweepPlanTests {
  private func varied(_ texts: String...) throws -> [VariedSetting] {
    try texts.map { try VariedSetting($0) }
  }

  /// Protects the grid: all combinations, the last setting first; commas in brackets part nothing.
  @Test func grid() throws {
    let trials = try SweepPlan.grid(
      varied("optimizer=sgd(lr: 1, momentum: 0.5), adam", "sizes=[1, 2],[3]"))
    #expect(
      trials.map(\.words) == [
        "optimizer=sgd(lr: 1, momentum: 0.5), sizes=[1, 2]",
        "optimizer=sgd(lr: 1, momentum: 0.5), sizes=[3]",
        "optimizer=adam, sizes=[1, 2]", "optimizer=adam, sizes=[3]",
      ])
    #expect(trials.map(\.number) == [1, 2, 3, 4])
    let many = (1...101).map { "\($0)" }.joined(separator: ",")
    #expect(throws: (any Error).self) { try SweepPlan.grid(varied("a=\(many)", "b=\(many)")) }
    #expect(throws: (any Error).self) { try SweepPlan.grid(varied("lr=log(1..2)")) }
  }

  /// Protects what is drawn: within its range to the last digit, of all orders of magnitude alike
  /// where it is by the logarithm, the same for the same seed, and the first ones of a longer sweep.
  @Test func random() throws {
    let settings = try varied(
      "lr=log(1e-4..1e-1)", "decay=uniform(0..0.1)", "width=whole(8..10)", "batch=log(16..64)",
      "tight=log(0.123456..0.123457)", "kind=a,b")
    func draw(_ count: Int, seed: UInt64) throws -> [SweepTrial] {
      try SweepPlan.random(settings, count: count, seed: seed) { $0.name == "batch" }
    }
    let trials = try draw(2000, seed: 3)
    #expect(try draw(7, seed: 3) == Array(trials.prefix(7)))
    #expect(try draw(7, seed: 4) != Array(trials.prefix(7)))
    #expect(Set(trials.map(\.settings)).count == 2000)
    func numbers(_ index: Int) throws -> [Double] {
      try trials.map { try #require(Double($0.settings[index].value)) }
    }
    let rates = try numbers(0)
    #expect(rates.allSatisfy { (1e-4...1e-1).contains($0) })
    // Of three decades each has a third: 2000 draws are within six deviations of 21.
    for decade in [1e-4, 1e-3, 1e-2] {
      let count = rates.count { $0 >= decade && $0 < 10 * decade }
      #expect(abs(count - 667) < 130, "\(decade): \(count)")
    }
    let decays = try numbers(1)
    #expect(decays.allSatisfy { (0...0.1).contains($0) })
    #expect(abs(decays.reduce(0, +) / 2000 - 0.05) < 0.004)
    #expect(Set(trials.map(\.settings[2].value)) == ["8", "9", "10"])
    let batches = try numbers(3)
    #expect(batches.allSatisfy { $0 == $0.rounded() && (16...64).contains($0) })
    #expect(try numbers(4).allSatisfy { (0.123456...0.123457).contains($0) })
    #expect(Set(trials.map(\.settings[5].value)) == ["a", "b"])
    // No more than there are.
    #expect(try SweepPlan.random(varied("a=1,2,3"), count: 9, seed: 0) { _ in false }.count == 3)
  }

  /// Protects the user from what is no setting with values.
  @Test(arguments: [
    "lr", "=1", "lr=", "lr=1,,2", "lr=1,1", "lr=log(0..1)", "lr=log(2..1)", "lr=log(1..)",
    "lr=uniform(a..b)", "lr=normal(0..1)", "lr=0.1,log(1..2)", "n=whole(0.5..3)", "lr=log(1..2..3)",
    "lr=uniform(-1e308..1e308)",
  ])
  func refuses(_ text: String) {
    #expect(throws: (any Error).self) { try VariedSetting(text) }
  }

  private func record(
    _ trial: SweepTrial, seed: UInt64, _ value: Double?, failure: String? = nil
  ) throws -> SweepRecord {
    let text = String(decoding: try JSONEncoder().encode(trial.settings), as: UTF8.self)
    let parts =
      [#""settings":\#(text),"seed":\#(seed),"epochs":2,"seconds":1.5"#]
      + [value.map { #""value":\#($0)"# }, failure.map { #""failure":"\#($0)""# }]
      .compactMap(\.self)
    return try JSONDecoder().decode(
      SweepRecord.self, from: Data("{\(parts.joined(separator: ","))}".utf8))
  }

  /// Protects what a sweep comes to: means and deviations over the seeds, the best first by what is
  /// better, those without a result last and with their reason, in the table and in both plots.
  @Test func summary() throws {
    let settings = try varied("lr=0.01,0.1,1,10", "kind=<a>,b")
    let trials = try SweepPlan.grid(settings)
    let records = [
      try record(trials[0], seed: 0, 0.5), try record(trials[0], seed: 1, 0.75),
      try record(trials[2], seed: 0, 0.25), try record(trials[2], seed: 1, 0.25),
      try record(trials[5], seed: 0, nil, failure: "the loss is not finite"),
    ]
    let lost = [SweepSummary.Lost(trial: trials[5], seed: 1, reason: "no room")]
    let summary = SweepSummary(
      Array(trials.prefix(6)), records: records, lost: lost, monitor: .loss, judge: .validation)
    #expect(
      summary.best?.trial == trials[2] && summary.rows.map(\.mean).prefix(2) == [0.25, 0.625])
    #expect(
      summary.rows[0].deviation == 0 && abs((summary.rows[1].deviation ?? 0) - 0.1767767) < 1e-6)
    #expect(
      summary.table.split(separator: "\n").map(String.init) == [
        "run    lr  kind  validation loss      +/-  seeds  seconds",
        "  3   0.1   <a>             0.25        0    2/2      3.0",
        "  1  0.01   <a>            0.625  0.17678    2/2      3.0",
        "  2  0.01     b                -        -    0/0        -",
        "  4   0.1     b                -        -    0/0        -",
        "  5     1   <a>                -        -    0/0        -",
        "  6     1     b           failed        -    0/2      1.5",
        "run 6, seed 0: the loss is not finite", "run 6, seed 1: no room",
      ])
    let plot = SweepPlot(summary, settings, title: "m & n")
    #expect(plot.svg.contains("m &amp; n") && plot.svg.contains("&lt;a&gt;"))
    #expect(!plot.svg.contains("<a>") && !plot.svg.contains("nan"))
    // Two panels with two choices each.
    #expect(plot.svg.components(separatedBy: "<circle").count == 5)
    let text = plot.text(columns: 60).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(text.count { $0.contains("@") } == 2 && text.allSatisfy { $0.count <= 60 })
    #expect(text.contains { $0.contains("0.01") && $0.hasSuffix("10") })
    let nothing = SweepSummary(trials, records: [], lost: [], monitor: .loss, judge: .test)
    #expect(nothing.best == nil && SweepPlot(nothing, settings, title: "").isEmpty)
  }
}
