import Foundation
import IR
import Lowering
import Testing
import Verification

@testable import Runner

/// Schedules against their formulas written out here, as values and in the C.
@Suite struct ScheduleTests {
  /// A schedule as a model file has it, and its factor at step `t` of `n`.
  struct Example: Sendable, CustomTestStringConvertible {
    let text: String
    let factor: @Sendable (_ t: Double, _ n: Double) -> Double

    var testDescription: String { text }

    init(_ text: String, _ factor: @escaping @Sendable (_ t: Double, _ n: Double) -> Double) {
      self.text = text
      self.factor = factor
    }
  }

  private static let examples = [
    Example("constant") { _, _ in 1 },
    Example("constant(warmup: 8)") { t, _ in t < 8 ? t / 8 : 1 },
    Example("exponential(every: 7)") { t, _ in exp(-log(10) * (t - 1) / 7) },
    Example("exponential(factor: 0.5, every: 10, warmup: 4)") { t, _ in
      t <= 4 ? t / 4 : pow(2, -(t - 5) / 10)
    },
    Example("step(factor: 0.5, every: 10)") { t, _ in pow(2, -Double((Int(t) - 1) / 10)) },
    Example("step(every: 3, warmup: 5)") { t, _ in
      t <= 5 ? t / 5 : pow(10, -Double((Int(t) - 6) / 3))
    },
    // cos^2(x / 2) = (1 + cos(x)) / 2
    Example("cosine") { t, n in t > n ? 0 : pow(cos(.pi / 2 * (t - 1) / n), 2) },
    Example("cosine(end: 0.25)") { t, n in
      t > n ? 0.25 : 0.625 + 0.375 * cos(.pi * (t - 1) / n)
    },
    Example("polynomial(power: 3, end: 0.2)") { t, n in
      t > n ? 0.2 : 0.2 + 0.8 * (1 - (t - 1) / n) * (1 - (t - 1) / n) * (1 - (t - 1) / n)
    },
    Example("multi_step([4, 20], factor: 0.5, warmup: 3)") { t, _ in
      if t <= 3 { return t / 3 }
      return t > 23 ? 0.25 : t > 7 ? 0.5 : 1
    },
    Example(
      "one_cycle(pct_start: 0.25, div_factor: 4, final_div_factor: 8, cycle_momentum: false)"
    ) { t, n in
      let top = 0.25 * n - 1
      if t > n { return 1.0 / 32 }
      if t - 1 < top { return 1 - 0.75 * pow(cos(.pi / 2 * (t - 1) / top), 2) }
      return 1.0 / 32 + 31.0 / 32 * pow(cos(.pi / 2 * (t - 1 - top) / (n - 1 - top)), 2)
    },
    Example("triangular(start: 0.5, peak: 0.5, end: 0.25)") { t, n in
      let top = floor(n / 2)
      if t > n { return 0.25 }
      return t - 1 < top
        ? 0.5 + 0.5 * (t - 1) / top : 1 - 0.75 * (t - 1 - top) / (n - top)
    },
    Example("plateau(warmup: 5)") { t, _ in t < 5 ? t / 5 : 1 },
    Example("cosine(per: epoch)") { t, n in t > n ? 0 : pow(cos(.pi / 2 * (t - 1) / n), 2) },
    Example("constant(per: epoch)") { _, _ in 1 },
    Example("cosine(end: 0.1, warmup: 5)") { t, n in
      if t <= 5 { return t / 5 }
      return t > n ? 0.1 : 0.1 + 0.9 * pow(cos(.pi / 2 * (t - 6) / (n - 5)), 2)
    },
  ]

  /// The first steps, the last ones, those beyond, and trainings that end before a warm-up does.
  private static let places: [(step: Int, steps: Int)] = {
    var places: [(step: Int, steps: Int)] = []
    for steps in [1, 3, 20, 1000, 7_000_000_000] {
      let chosen = Array(1...12) + [20, 21, 100, 500]
      for step in chosen + [steps, steps + 1, steps + 2, 2 * steps, steps / 2 + 1] {
        places.append((step, steps))
      }
    }
    return places
  }()

  private static func text(_ schedule: String, optimizer: String = "sgd") -> String {
    """
    model scheduled {
      input x: [4]
      target label: class(3)
      y = x | dense(3)
      loss softmax_cross_entropy(y, label)
    }
    training {
      batch 6
      optimizer \(optimizer)
      schedule \(schedule)
    }
    """
  }

  /// Protects the meaning of a schedule, and its C, which is the same: each factor is off by some
  /// roundings of numbers up to 1, of which 4e-15 has 36, and the C, which computes the same but
  /// for contractions, by some of the factor's own, of which 1e-15 has 9.
  @Test(arguments: examples)
  func factors(_ example: Example) throws {
    let text = Self.text(example.text)
    let schedule = try CompilerFixture.compile(text).model.training.schedule
    let network = try PluginHarness(CompilerFixture.plugin(text)).network
    #expect(
      network.plugin.description.hasSchedule
        == (!example.text.hasPrefix("constant") || example.text.contains("warmup")))
    for (step, steps) in Self.places {
      let factor = schedule.factor(at: step, of: steps)
      let expected = example.factor(Double(step), Double(steps))
      #expect(abs(factor - expected) <= 4e-15, "\(factor) for \(expected): \(step) of \(steps)")
      let rates = network.scheduled([0.3], step: UInt64(step), of: UInt64(steps))
      #expect(abs(rates[0] - 0.3 * factor) <= 1e-15 * abs(0.3 * factor), "\(step) of \(steps)")
    }
  }

  /// Protects every step from numbers that are none, whatever a host says of the training's length.
  @Test(arguments: examples)
  func anyLength(_ example: Example) throws {
    let network = try PluginHarness(CompilerFixture.plugin(Self.text(example.text))).network
    for step in [1, 2, 5, 6, UInt64.max] {
      for steps in [0, 1, 4, 5, 6, UInt64.max] {
        for epochSteps in [0, 1, 5, UInt64.max] {
          let rate = network.scheduled([1], step: step, of: steps, epochSteps: epochSteps)[0]
          #expect(rate.isFinite, "\(step) of \(steps)")
        }
      }
    }
  }

  /// Protects the other hyperparameters, and plugins that do not train from a schedule that nothing
  /// calls.
  @Test func onlyTheRate() throws {
    let text = Self.text("step(factor: 0.5, every: 1)", optimizer: "adam(beta1: 0.8)")
    let network = try PluginHarness(CompilerFixture.plugin(text)).network
    #expect(
      network.scheduled([0.1, 0.8, 0.999, 1e-8], step: 3, of: 5) == [0.025, 0.8, 0.999, 1e-8])
    for plan in [PlanOptions.inspection(), .inference(.double)] {
      #expect(try !CompilerFixture.plugin(text, plan).description.hasSchedule)
    }
  }

  /// Protects the momentum from its schedule before and beyond its own steps: in a warm-up it is that
  /// of the first step, after the last one it stays; it is a number whatever a host says.
  @Test func momentum() throws {
    let text = Self.text("one_cycle(warmup: 4, pct_start: 0.5)", optimizer: "momentum(lr: 2)")
    let schedule = try CompilerFixture.compile(text).model.training.schedule
    let network = try PluginHarness(CompilerFixture.plugin(text)).network
    func momentum(_ step: UInt64, _ steps: UInt64) -> Double {
      network.scheduled([2, 0.9], step: step, of: steps)[1]
    }
    for step in 1...5 as ClosedRange<UInt64> { #expect(momentum(step, 24) == 0.95) }
    // Half of 20 steps after the warm-up: step 14 is where the rate is largest.
    #expect(abs(momentum(14, 24) - 0.85) <= 1e-15)
    #expect(momentum(10, 24) > 0.85 && momentum(10, 24) < 0.95)
    for step in [24, 25, 1000] as [UInt64] { #expect(abs(momentum(step, 24) - 0.95) <= 1e-15) }
    for (step, steps) in Self.places {
      let expected = try #require(schedule.momentum(at: step, of: steps))
      #expect(abs(momentum(UInt64(step), UInt64(steps)) - expected) <= 1e-15)
    }
    for step in [1, 2, 5, 6, UInt64.max] {
      for steps in [0, 1, 4, 5, 6, UInt64.max] { #expect(momentum(step, steps).isFinite) }
    }
  }

  /// Protects training: each step gets its own number and that of all steps, `--lr` is what the
  /// schedule starts from, and an epoch tells the rate of its last step. The same steps with rates
  /// that the test works out leave the same bits.
  @Test func trains() throws {
    var numbers = Numbers(61)
    let labels = try AlignedMemory(byteCount: 20 * 4)
    for (index, label) in labels.bytes.bindMemory(to: Int32.self).indices.enumerated() {
      labels.bytes.bindMemory(to: Int32.self)[label] = Int32(index % 3)
    }
    let examples = Examples(
      inputs: try Tensor(shape: [20, 4], values: numbers.normals(80), as: .float32),
      targets: .classes(labels))
    let dataset = Dataset(name: "", training: examples, test: examples)

    let scheduled = try PluginHarness(
      CompilerFixture.plugin(
        Self.text("cosine(end: 0.1, warmup: 3)", optimizer: "momentum(lr: 7)")), seed: 62)
    scheduled.initializeSlots()
    var trainer = try Trainer(
      scheduled.network, dataset: dataset,
      options: .init(epochs: 3, learningRate: 0.5, seed: 9), stop: .never)
    var report = SilentReport()
    let outcome = try trainer.run(report: &report)
    #expect(outcome.ending == .completed)

    let plain = try PluginHarness(
      CompilerFixture.plugin(Self.text("constant", optimizer: "momentum")), seed: 62)
    plain.initializeSlots()
    var shuffle = Shuffle(count: 20, seed: 9)
    var step: UInt64 = 0
    for epoch in 0..<3 {
      shuffle.shuffle(epoch: epoch)
      var rate = 0.0
      for start in stride(from: 0, to: 20, by: 6) {
        step += 1
        let part = Double(step) <= 3 ? 0 : (Double(step) - 4) / 9
        let wave = 0.1 + 0.9 * (1 + cos(.pi * part)) / 2
        rate = 0.5 * (step <= 3 ? Double(step) / 3 : wave)
        let rows = shuffle.rows[start..<min(20, start + 6)]
        _ = try Array(rows).withUnsafeBufferPointer {
          let settings = StepSettings(step: step, seed: 9, hyperparameters: [rate, 0.9])
          return try examples.withBatch(of: $0) { try plain.network.train($0, settings) }
        }
      }
      let found = try #require(outcome.epochs[epoch].learningRate)
      #expect(abs(found - rate) <= 1e-15)
    }
    #expect(step == 12)
    #expect(scheduled.bits == plain.bits)
  }

  /// Protects models without a schedule: no function, and no word of rates in an epoch's line.
  @Test func constantAddsNothing() throws {
    func network(_ schedule: String) throws -> String {
      try CompilerFixture.compile(Self.text(schedule)).plugin.network
    }
    for schedule in ["constant", "constant(warmup: 0)", "cosine(end: 1)"] {
      #expect(try !network(schedule).contains("schedule_rate"))
    }
    #expect(try network("cosine").contains("schedule_rate"))
  }
}
