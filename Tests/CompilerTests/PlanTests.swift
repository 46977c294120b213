import IR
import Lowering
import Testing
import Verification

/// The training plan, which fuses, drops and recomputes, against the same step inspected.
@Suite struct PlanTests {
  private static let examples = [
    "window_by_axis", "dilation", "groups", "pool_ceil",
    "convolution_strided", "batch_norms", "halves", "pools", "fused_pools", "shared",
    "binary_classes", "network", "constants", "gates", "axes", "moves", "resampling",
    "several", "several_of_one", "parts_in_place", "parts_learned_from", "several_means",
    "transposed_groups",
  ]
  static let cases = (Case.operators + [.network]).filter { examples.contains($0.name) }

  /// Protects training itself, on every machine: what a step moves, over the learning rate, is the
  /// gradient that `bnc step` shows, fused or not, and the running statistics move alike. The rate
  /// is so large that a kernel that reads a weight after it moved would be far off.
  @Test(arguments: cases, [Precision.double, .float])
  func movesAlongTheGradients(_ example: Case, _ precision: Precision) throws {
    let step = try InspectedStep(example.text, without: 1, seed: 5)
    let fused = try Self.targets(of: example, precision).map {
      PlanOptions.training(precision, target: $0)
    }
    // What is not fused asks the cache for little, and float for nothing else than double.
    let unfused = (precision == .double ? Targets.runnable : [.native]).map {
      PlanOptions.training(precision, target: $0, fuses: false)
    }
    for plan in fused + unfused {
      try step.expectMoves(
        PluginHarness(CompilerFixture.plugin(example.text, plan)), rate: 1024, precision,
        "\(plan.target.name), cache of \(plan.target.cacheBytes), fuses \(plan.fuses)")
    }
  }

  /// All machines whose kernels differ; in float, whose C is the same but for the type and is optimized,
  /// which takes the most of the time, two of them, other ones for each example.
  private static func targets(of example: Case, _ precision: Precision) throws -> [TargetMachine] {
    let all = try Targets.telling(example.text, precision)
    guard precision == .float, example.name != Case.network.name else { return all }
    let place = cases.firstIndex { $0.name == example.name } ?? 0
    return Array(
      Set([place % all.count, (place + all.count / 2) % all.count]).sorted().map { all[$0] })
  }

  /// Protects the same of each activation, whose formula is one for all vectors.
  @Test(arguments: Case.activations + Case.activationsBetween)
  func activations(_ example: Case) throws {
    let step = try InspectedStep(example.text, without: 1, seed: 5)
    let plans = [
      PlanOptions.training(.double), .training(.double, fuses: false),
      .training(.double, target: .generic), .training(.float),
    ]
    for plan in plans {
      try step.expectMoves(
        PluginHarness(CompilerFixture.plugin(example.text, plan)), rate: 1024, plan.precision,
        "\(plan.target.name), fuses \(plan.fuses)")
    }
  }

  /// Protects repeatability, on every machine: two steps leave the same bits whatever the number of
  /// threads and whatever scratch held before, with a short batch too.
  @Test(arguments: cases)
  func sameBits(_ example: Case) throws {
    let model = try CompilerFixture.compile(example.text).model
    let sample = Sample(model, count: model.training.batch, seed: 7)
    for target in try Self.targets(of: example, .float) {
      let plugin = try CompilerFixture.plugin(example.text, .training(.float, target: target))
      var first: ([[UInt8]], [UInt64])?
      for (threads, fill) in [(1, UInt8(0xff)), (1, 0), (2, 0xff), (3, 0x7f)] {
        let harness = try PluginHarness(plugin, seed: 8, threads: threads)
        var losses: [UInt64] = []
        for examples in [sample, sample.prefix(max(1, sample.count - 2))] {
          harness.fillScratch(fill)
          let found = harness.train(examples, rate: 0.01)
          #expect(found.status == 0)
          losses.append(found.loss.bitPattern)
          harness.fillScratch(fill)
          losses.append(harness.evaluate(examples).loss.bitPattern)
        }
        let (bits, sums) = first ?? (harness.bits, losses)
        first = (bits, sums)
        let what = "\(target.name), \(threads) threads, scratch of \(fill)"
        #expect(harness.bits == bits, "\(what)")
        #expect(losses == sums, "\(what)")
      }
    }
  }

  /// Protects short batches, on every machine: n examples in a model of 11 are the same n in a
  /// model of n, whether n fills blocks, lanes, or neither. The statistics are over n.
  @Test(arguments: [1, 2, 3, 5, 8, 9, 11])
  func shortBatches(_ count: Int) throws {
    let example = Case.network
    let model = try CompilerFixture.compile(example.text).model
    let sample = Sample(model, count: count, seed: 9)
    for target in try Targets.telling(example.text, .double, batch: 11) {
      let plan = PlanOptions.training(.double, target: target)
      let long = try PluginHarness(
        CompilerFixture.plugin(example.text, plan, batch: 11), seed: 10)
      let exact = try PluginHarness(
        CompilerFixture.plugin(example.text, plan, batch: count), seed: 10)
      let before = exact.learned
      let losses = [long, exact].map { harness -> Double in
        harness.poisonScratch()
        let found = harness.train(sample, rate: 1)
        #expect(found.status == 0)
        return found.loss
      }
      expectClose([losses[0]], [losses[1]], within: 1e-12, "\(target.name): loss")
      for name in exact.savedNames {
        expectClose(long[name], exact[name], within: 1e-12, "\(target.name): \(name)")
      }
      #expect(exact.learned != before)
    }
  }

  /// Protects the kernels for images that no cache holds, which go over bands of rows and over
  /// groups of tiles, on every machine: they move what the others find, in the same bits for any
  /// number of threads, short blocks included. And protects long sums, whose error must not grow
  /// with their length: the terms of `longSums` are equal, so that errors of one sign would add up.
  @Test(arguments: [Case.largeImages, .longSums], [Precision.double, .float])
  func largeImages(_ example: Case, _ precision: Precision) throws {
    let text = example.text
    let step = try InspectedStep(text, without: 3, seed: 13)
    let banded = Targets.runnable.map { target in
      var plan = PlanOptions.cache(65536, precision, target: target)
      // Enough of it, and no weight gradient goes by other ways.
      plan.memory = .bytes(1 << 40)
      return plan
    }
    let plans = try Targets.telling(text, precision).map {
      PlanOptions.training(precision, target: $0)
    }
    for plan in banded + plans {
      if plan.target.cacheBytes == 65536, example.name == Case.largeImages.name {
        let kernels = try CompilerFixture.kernels(text, plan).text
        #expect(kernels.contains("bands of") && kernels.contains("groups of"))
      }
      var bits: Set<[[UInt8]]> = []
      let plugin = try CompilerFixture.plugin(text, plan)
      for threads in [1, 3] {
        let harness = try PluginHarness(plugin, threads: threads)
        try step.expectMoves(
          harness, rate: 256, precision,
          "\(plan.target.name), cache of \(plan.target.cacheBytes), \(threads) threads")
        bits.insert(harness.bits)
      }
      #expect(bits.count == 1)
    }
  }

  /// Protects the kernels for weights that no cache holds, which pass over parts of them, and from
  /// a large batch on leave the product to the host, on every machine: they move what the small
  /// ones find, with and without a host, in the same bits for any number of threads.
  @Test(arguments: [21, 130], [Precision.double, .float])
  func largeDense(_ batch: Int, _ precision: Precision) throws {
    let text = Case.wideDense.text
    let step = try InspectedStep(text, batch: batch, without: 3, seed: 11)
    let small = Targets.runnable.map { PlanOptions.smallCache(precision, target: $0) }
    let plans = try Targets.telling(text, precision, batch: batch).map {
      PlanOptions.training(precision, target: $0)
    }
    for plan in small + plans {
      let plugin = try CompilerFixture.plugin(text, plan, batch: batch)
      #expect(plugin.description.scratchSize > 0)
      var bits: Set<[[UInt8]]> = []
      for (threads, provides) in [(1, true), (3, true), (1, false)] {
        let harness = try PluginHarness(plugin, threads: threads)
        harness.provides = provides
        try step.expectMoves(
          harness, rate: 256, precision,
          "\(plan.target.name), cache of \(plan.target.cacheBytes), \(threads) threads, provides \(provides)"
        )
        if provides { bits.insert(harness.bits) }
      }
      #expect(bits.count == 1)
    }
  }
}
