import Diagnostics
import Lowering
import PluginABI
import Testing
import Verification

@testable import Driver
@testable import Runner

/// Trainings that make numbers twice, so as not to keep them.
@Suite struct RecomputationTests {
  /// All that a forward pass may leave to its gradient: statistics, draws, parts of others, values
  /// with several readers, a mean of groups; penalties and a clipped norm keep gradients for later.
  private static let text = """
    block unit(channels) {
      y = in | conv(channels, kernel: 3, padding: same) | batchnorm | relu
        | conv(channels, kernel: 3, padding: same) | batchnorm
      out = in + y | relu
    }
    model deep {
      input x: [3, 8, 8]
      target label: class(4)
      a = x | conv(6, kernel: 3, padding: same) | batchnorm | relu | dropout(0.2) | unit(6) | unit(6)
      b = a | unit(6) | conv(4, kernel: 1) | sigmoid
      c = concat(a, b) | group_norm(2) | gelu | unit(10) | avgpool(2)
      y = c | flatten | dense(4)
      loss softmax_cross_entropy(y, label) + l2(0.01) on *.weight
    }
    training {
      batch 5
      optimizer adam
      clip norm(0.5)
    }
    """

  private static func plan(_ memory: MemoryBudget?, fuses: Bool = true) -> PlanOptions {
    var plan = PlanOptions.training(.float, fuses: fuses)
    plan.memory = memory
    return plan
  }

  private static func arena(_ compilation: Compilation) -> Int {
    compilation.kernels.keptBytes + compilation.memory.size
  }

  /// Protects gradients that are a part of another value: what reads them runs behind who writes the
  /// whole, however early parameters move.
  @Test func partsOfOthers() throws {
    let text = """
      model parts {
        input x: [2]
        target t: [2]
        y = x | scale_shift | slice(1) | log_softmax
        loss linear_regression(y, t, reduction: sum)
      }
      training { batch 2 }
      """
    let kernels = try CompilerFixture.compile(text, Self.plan(.least)).kernels
    let names = kernels.kernels.map(\.name)
    let (writer, reader) = try (
      #require(names.firstIndex(of: "log_softmax1_backward")),
      #require(names.firstIndex(of: "scale_shift1_backward"))
    )
    #expect(writer < reader)
  }

  /// Protects the promise that nothing but memory changes: after steps of full and short batches,
  /// losses and everything that is learned or kept have the same bits.
  @Test(arguments: [true, false])
  func changesNoBit(_ fuses: Bool) throws {
    func trained(_ memory: MemoryBudget?) throws -> (losses: [Double], numbers: [[Double]]) {
      let harness = try PluginHarness(
        CompilerFixture.plugin(Self.text, Self.plan(memory, fuses: fuses)), seed: 3)
      harness.initializeSlots()
      let model = try CompilerFixture.compile(Self.text).model
      let losses = (1...3).map { step in
        harness.poisonScratch()
        let sample = Sample(model, count: step == 2 ? 3 : 5, seed: UInt64(step))
        return harness.train(sample, rate: 0.01).loss
      }
      return (losses, harness.savedNames.map { harness[$0] })
    }
    let (usual, small) = (try trained(nil), try trained(.least))
    let isFinite = usual.losses.allSatisfy { $0.isFinite }
    #expect(isFinite)
    #expect(usual.losses == small.losses)
    #expect(usual.numbers == small.numbers)
    let (kept, again) = (
      try CompilerFixture.compile(Self.text, Self.plan(nil, fuses: fuses)),
      try CompilerFixture.compile(Self.text, Self.plan(.least, fuses: fuses))
    )
    #expect(2 * again.memory.size < kept.memory.size)
  }

  /// Protects a budget: what fits is left as it is, what does not is brought below it by no more runs
  /// than it takes, and what cannot be is refused with how little there must be.
  @Test func budget() throws {
    func compiled(_ memory: MemoryBudget?) throws -> Compilation {
      try CompilerFixture.compile(Self.text, Self.plan(memory))
    }
    func again(_ compilation: Compilation) -> Int {
      compilation.kernels.kernels.count { $0.original != nil }
    }
    let (usual, least) = (try compiled(nil), try compiled(.least))
    let fitting = try compiled(.bytes(Self.arena(usual)))
    #expect(fitting.kernels.text == usual.kernels.text)
    let half = try compiled(.bytes((Self.arena(usual) + Self.arena(least)) / 2))
    #expect(Self.arena(half) <= (Self.arena(usual) + Self.arena(least)) / 2)
    #expect(again(half) > 0 && again(half) < again(least))
    let failure = #expect(throws: Failure.self) {
      try compiled(.bytes(Self.arena(least) - 64))
    }
    #expect(failure?.what.contains("trains in \(Self.arena(least)) bytes at least") == true)
  }

  /// Protects the check of the plan: were a kernel not run again, what it makes would mostly lie where
  /// others have written since.
  @Test func forgottenRun() throws {
    let compilation = try CompilerFixture.compile(Self.text, Self.plan(.least))
    let again = compilation.kernels.kernels.filter { $0.original != nil }.map(\.name)
    try PlacedPlan(kernels: compilation.kernels, memory: compilation.memory).verify()
    var found = 0
    for name in again {
      var kernels = compilation.kernels
      kernels.kernels.removeAll { $0.name == name }
      do {
        try PlacedPlan(kernels: kernels, memory: compilation.memory).verify()
      } catch {
        #expect(error.what.contains("share a place"))
        found += 1
      }
    }
    #expect(found > 5)
  }
}
