import Diagnostics
import Driver
import IR
import Lowering
import Testing
import Verification

@testable import Runner

/// Trainings of a batch that lies across several processes.
@Suite struct ProcessTests {
  private struct Trained: Sendable {
    var learned: [String: [Double]]
    var slots: [String: [Double]]
    var losses: [Double]
  }

  /// Three full steps and one of a single example, as one of `processes`.
  private static func train(
    _ text: String, _ plan: PlanOptions, _ processes: ThreadedProcesses?
  ) throws -> Trained {
    var plan = plan
    plan.processes = processes?.count ?? 1
    let plugin = try CompilerFixture.plugin(text, plan)
    let harness = try PluginHarness(plugin, seed: 17, processes: processes)
    harness.initializeSlots()
    let description = plugin.description
    let sample = Sample(
      try CompilerFixture.compile(text).model, count: description.wholeBatch, seed: 18)
    var losses: [Double] = []
    for count in [sample.count, sample.count, sample.count, 1] {
      let share = BatchShare(
        of: processes?.rank ?? 0, among: description.processes, examples: count,
        mirrors: description.sharesMirror)
      let rows = share.chosen(of: Array(0..<UInt32(count))[...])
      let outcome = harness.train(
        sample, rate: 0.05, share: (rows, count, share.first))
      #expect(outcome.status == 0)
      losses += [outcome.loss] + outcome.losses
    }
    let slots = description.tensors.filter { $0.region == .slots }.map(\.name)
    return Trained(
      learned: harness.learned,
      slots: Dictionary(uniqueKeysWithValues: slots.map { ($0, harness[$0]) }), losses: losses)
  }

  private static func expectSame(
    _ text: String, _ count: Int, _ plan: PlanOptions = .training(.double, fuses: true),
    within tolerance: Double = 1e-12
  ) throws {
    let training = text.split(separator: "training").last.map(String.init) ?? ""
    let alone = try train(text, plan, nil)
    let all = try ThreadedProcesses.run(count) { try train(text, plan, $0) }
    for (rank, one) in all.enumerated() {
      for name in alone.learned.keys.sorted() {
        // The same bits everywhere.
        #expect(one.learned[name] == all[0].learned[name], "\(name) of \(rank), \(training)")
        expectClose(
          one.learned[name] ?? [], alone.learned[name] ?? [], within: tolerance,
          "\(name), \(training)")
      }
      for name in alone.slots.keys.sorted() {
        #expect(one.slots[name] == all[0].slots[name], "\(name) of \(rank), \(training)")
        expectClose(
          one.slots[name] ?? [], alone.slots[name] ?? [], within: tolerance, "\(name), \(training)")
      }
      #expect(one.losses == all[0].losses)
      expectClose(one.losses, alone.losses, within: tolerance, "losses")
    }
  }

  /// Protects the meaning of several processes: whatever the operators, losses and optimizers, a step
  /// comes to what one process makes of the whole batch, and to the same bits in all of them, where
  /// shares differ and where the last batch leaves most processes without an example.
  @Test(arguments: Case.operators + Case.losses + Case.optimized + Case.mixed)
  func areOne(_ example: Case) throws {
    // The gradient of a bias before a batch norm is 0 but for rounding, and some optimizers divide it
    // by its size.
    let text = example.text.replacing(
      "conv(3, kernel: 3) | batchnorm", with: "conv(3, kernel: 3, bias: false) | batchnorm")
    try Self.expectSame(text, 3)
  }

  /// Protects the same of more processes than a batch has examples, of two, and without fusion.
  @Test(arguments: [2, 7], [true, false])
  func areOneWhateverTheirNumber(_ count: Int, _ fuses: Bool) throws {
    let example = Case.trained(by: "sgd(momentum: 0.9) clip norm(1)")
    try Self.expectSame(example.text, count, .training(.double, fuses: fuses))
  }

  /// Protects the same of kernels that take sums another way, or leave them to the host, and of larger
  /// networks: with a step for which most processes have no example, whose sums are 0 all the same.
  @Test(
    arguments: Case.winograd.prefix(2).map {
      ($0, PlanOptions.winograd(.double, .native, side: 4))
    } + Case.channelGradients.prefix(1).map { ($0, .channelGradients(.double, .native)) }
      + [Case.large, .everything].map {
        ($0, PlanOptions.training(.double, fuses: true))
      })
  func areOneWhateverTheKernels(_ example: Case, _ plan: PlanOptions) throws {
    try Self.expectSame(example.text, 3, plan, within: 1e-10)
  }

  /// Protects networks that nobody wrote, but for one that has nothing to learn.
  @Test(arguments: (UInt64(1001)...1012).filter { $0 != 1010 })
  func areOneWhateverTheNetwork(_ seed: UInt64) throws {
    let shapes = RandomShapes()
    let text = try RandomModelText.text(
      of: RandomModelGenerator.model(of: seed, shapes), shapes)
    try Self.expectSame(text, 3, within: 1e-9)
  }

  /// Protects plans that make numbers once more instead of keeping them, statistics of the whole batch
  /// among them.
  @Test func areOneInLittleMemory() throws {
    let text = try ExampleModels.named("residual").text.replacing("batch 64", with: "batch 5")
    var plan = PlanOptions.training(.double, fuses: true)
    let alone = try Self.train(text, plan, nil)
    plan.memory = .least
    let all = try ThreadedProcesses.run(2) { [plan] in try Self.train(text, plan, $0) }
    for name in alone.learned.keys.sorted() {
      expectClose(all[0].learned[name] ?? [], alone.learned[name] ?? [], within: 1e-9, name)
    }
  }

  /// Protects the number of messages: gradients travel with up to 4,096 numbers that do not learn between
  /// them, and apart over more.
  @Test(arguments: [("bias: false", 1), ("bias: true", 2)])
  func bundlesReachOverWhatDoesNotLearn(_ bias: String, _ bundles: Int) throws {
    var plan = PlanOptions.training(.float, target: .generic)
    plan.processes = 2
    let kernels = try CompilerFixture.kernels(
      """
      model m {
        input x: [8]
        target t: class(2)
        y = x | dense(64) | dense(64, \(bias)) frozen | dense(2)
        loss softmax_cross_entropy(y, t)
      }
      """, plan)
    #expect(kernels.kernels.count { $0.name.hasSuffix("_sum_begin") } == bundles)
  }

  /// Protects batch norms that take the statistics of their own share: what all processes have is the
  /// same, running statistics too, and is not what one process has.
  @Test func localStatisticsStayLocal() throws {
    let text = Case.ofLocalStatistics.text
    let plan = PlanOptions.training(.double, fuses: true)
    let alone = try Self.train(text, plan, nil)
    let all = try ThreadedProcesses.run(3) { try Self.train(text, plan, $0) }
    for one in all { #expect(one.learned == all[0].learned && one.losses == all[0].losses) }
    #expect(alone.losses[0] != all[0].losses[0])
    for name in ["batchnorm1.running_mean", "batchnorm1.running_variance"] {
      #expect(alone.learned[name] != all[0].learned[name], "\(name)")
    }
  }

  /// Protects what local statistics leave for evaluations: of a first batch whose shares are alike, the
  /// unbiased variance of a share, divided by one less than its own numbers.
  @Test func localVariancesAreUnbiased() throws {
    let text = """
      model m {
        input x: [1]
        target t: [1]
        y = x | batchnorm(sync: false, running_variance: unbiased) | dense(1)
        loss mean_squared_error(y, t)
      }
      training { batch 6 }
      """
    let found = try ThreadedProcesses.run(3) { processes in
      var plan = PlanOptions.training(.double, fuses: true)
      plan.processes = 3
      let harness = try PluginHarness(
        CompilerFixture.plugin(text, plan), seed: 3, processes: processes)
      harness["batchnorm1.seen"] = [0]
      var sample = Sample(try CompilerFixture.compile(text).model, count: 6, seed: 4)
      sample.inputs = [1, 3, 1, 3, 1, 3]
      let first = 2 * processes.rank
      #expect(
        harness.train(
          sample, rate: 0.1, share: ([UInt32(first), UInt32(first + 1)], 6, first)
        ).status == 0)
      return harness["batchnorm1.running_variance"]
    }
    for one in found { expectClose(one, [2], within: 1e-12, "of 1 and 3") }
  }

  /// Protects batch norms of numbers that are far from 0 for how much they differ: |mean| = 1e4
  /// deviations in float, before any running mean is near to it.
  @Test func farFromZero() throws {
    let text = """
      model m {
        input x: [3]
        target t: [1]
        y = x | batchnorm(start: first_batch) | dense(1)
        loss mean_squared_error(y, t)
      }
      training { batch 30 }
      """
    @Sendable func train(_ processes: ThreadedProcesses?) throws -> [Double] {
      var plan = PlanOptions.training(.float, fuses: true)
      plan.processes = processes?.count ?? 1
      let plugin = try CompilerFixture.plugin(text, plan)
      let harness = try PluginHarness(plugin, seed: 3, processes: processes)
      (harness["batchnorm1.seen"], harness["batchnorm1.running_mean"]) = ([0], [0, 0, 0])
      var sample = Sample(try CompilerFixture.compile(text).model, count: 30, seed: 4)
      sample.inputs = sample.inputs.map { 10_000 + Double(Float($0)) }
      let share = BatchShare(
        of: processes?.rank ?? 0, among: plugin.description.processes, examples: 30,
        mirrors: false)
      let rows = share.chosen(of: Array(0..<30)[...])
      #expect(harness.train(sample, rate: 0, share: (rows, 30, share.first)).status == 0)
      return harness["batchnorm1.running_variance"]
    }
    let alone = try train(nil)
    for one in try ThreadedProcesses.run(7, { try train($0) }) {
      expectClose(one, alone, within: 1e-5, "variance")
    }
  }

  /// Protects the message about a loss that is not finite: all processes name the layer where it arose
  /// in one of them, and nothing has moved in any.
  @Test func allNameTheLayer() throws {
    let text = Case.trained(by: "sgd").text
    let found = try ThreadedProcesses.run(2) { processes in
      var plan = PlanOptions()
      plan.processes = 2
      let harness = try PluginHarness(
        CompilerFixture.plugin(text, plan), seed: 3, processes: processes)
      var sample = Sample(try CompilerFixture.compile(text).model, count: 5, seed: 4)
      // The last process's last example.
      sample.inputs[sample.inputs.count - 1] = .infinity
      let before = harness.bits
      let share = BatchShare(of: processes.rank, among: 2, examples: 5, mirrors: false)
      let outcome = harness.train(
        sample, rate: 0.1, share: (share.chosen(of: Array(0..<5)[...]), 5, share.first))
      return "\(outcome.status) \(outcome.layer ?? "none") \(harness.bits == before)"
    }
    #expect(found == ["2 conv1 true", "2 conv1 true"])
  }

  /// Protects a plugin from a host that says less or more than there can be.
  @Test func refuses() throws {
    var plan = PlanOptions()
    plan.processes = 3
    let text = Case.trained(by: "sgd").text
    let plugin = try CompilerFixture.plugin(text, plan)
    #expect(plugin.description.batch == 2 && plugin.description.wholeBatch == 5)
    let harness = try PluginHarness(plugin, seed: 5, processes: Unanswered(count: 3))
    let sample = Sample(try CompilerFixture.compile(text).model, count: 5, seed: 6)
    for (rows, whole, first) in [([0, 1, 2], 5, 0), ([0], 6, 0), ([0], 0, 0), ([0, 1], 5, 4)] {
      let outcome = harness.train(
        sample, rate: 0.1, share: (rows.map(UInt32.init), whole, first))
      #expect(outcome.status == 1, "\(rows), \(whole), \(first)")
    }
    // A host that is alone may evaluate with it, and is told that it cannot train.
    let alone = try Network(plugin, host: Host(pool: ThreadPool(threads: 1)))
    let batch = Batch(inputs: [nil], targets: [nil], inputTypes: [0], rows: nil, count: 1)
    let settings = StepSettings(step: 1, seed: 1, hyperparameters: [0.1])
    #expect(throws: Failure.self) { try alone.train(batch, settings) }
  }

  /// Protects the shares: together they are the batch, they differ by one example at most, or by
  /// three where pairs stay together, and none is larger than the plugin's.
  @Test(arguments: 1...9, [false, true])
  func sharesAreTheBatch(_ processes: Int, _ mirrors: Bool) {
    for batch in 1...40 {
      let largest =
        mirrors
        ? 2 * (((batch + 1) / 2 + processes - 1) / processes) : (batch + processes - 1) / processes
      for examples in 1...batch {
        let shares = (0..<processes).map {
          BatchShare(of: $0, among: processes, examples: examples, mirrors: mirrors)
        }
        let all = Array(0..<UInt32(examples))[...]
        #expect(shares.flatMap { $0.chosen(of: all) }.sorted() == Array(all))
        let counts = shares.map(\.count)
        #expect(counts.max()! - counts.min()! <= (mirrors ? 3 : 1) && counts.max()! <= largest)
        guard mirrors else { continue }
        for share in shares {
          let chosen = share.chosen(of: all)
          #expect(chosen.reversed() == chosen.map { UInt32(examples) - 1 - $0 })
        }
      }
    }
  }
}
