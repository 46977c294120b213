import IR
import Lowering
import Testing

/// The training plan, which fuses, drops and recomputes, against the same step inspected.
@Suite struct PlanTests {
  private static let examples = [
    "convolution_strided", "batch_norms", "halves", "pools", "fused_pools", "shared",
    "binary_classes", "network",
  ]
  static let cases = (Case.operators + [.network]).filter { examples.contains($0.name) }

  /// Protects training itself: what a step moves, over the learning rate, is the gradient that
  /// `bnc step` shows, fused or not, and the running statistics move alike. The rate is so large that
  /// a kernel that reads a weight after it moved would be far off.
  @Test(arguments: cases + Case.activations, [Precision.double, .float])
  func movesAlongTheGradients(_ example: Case, _ precision: Precision) throws {
    let model = try CompilerFixture.compile(example.text).model
    let open = try PluginHarness(CompilerFixture.plugin(example.text, .inspection()), seed: 5)
    let sample = Sample(model, count: model.training.batch - 1, seed: 6)
    let before = open.learned
    let laidOpen = open.gradient(sample)
    let gradients = try Dictionary(
      uniqueKeysWithValues: open.parameterNames.map { ($0, try open.gradient(of: $0)) })
    let floor = largest(gradients.values)
    let tolerance = precision == .double ? 1e-10 : 1e-4
    let rate = 1024.0
    for fuses in [true, false] {
      let plan = PlanOptions.training(precision, fuses: fuses)
      let harness = try PluginHarness(CompilerFixture.plugin(example.text, plan))
      harness.learned = before
      let found = harness.train(sample, rate: rate)
      #expect(found.status == 0)
      expectClose([found.loss], [laidOpen.loss], within: tolerance, "loss, fuses \(fuses)")
      for (name, gradient) in gradients {
        let moved = zip(before[name] ?? [], harness[name]).map { ($0 - $1) / rate }
        expectClose(moved, gradient, within: tolerance, floor: floor, "\(name), fuses \(fuses)")
      }
      for name in harness.savedNames where gradients[name] == nil {
        expectClose(harness[name], open[name], within: tolerance, "\(name), fuses \(fuses)")
      }
    }
  }

  /// Protects repeatability: two steps leave the same bits whatever the number of threads and
  /// whatever scratch held before, with a short batch too.
  @Test(arguments: cases)
  func sameBits(_ example: Case) throws {
    let model = try CompilerFixture.compile(example.text).model
    let sample = Sample(model, count: model.training.batch, seed: 7)
    let plugin = try CompilerFixture.plugin(example.text, .training(.float))
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
      #expect(harness.bits == bits, "\(threads) threads, scratch of \(fill)")
      #expect(losses == sums, "\(threads) threads, scratch of \(fill)")
    }
  }

  /// Protects short batches: n examples in a model of 11 are the same n in a model of n, whether n
  /// fills blocks, lanes, or neither. The statistics are over n.
  @Test(arguments: [1, 2, 3, 5, 8, 9, 11])
  func shortBatches(_ count: Int) throws {
    let example = Case.network
    let model = try CompilerFixture.compile(example.text).model
    let sample = Sample(model, count: count, seed: 9)
    let long = try PluginHarness(
      CompilerFixture.plugin(example.text, .training(.double), batch: 11), seed: 10)
    let exact = try PluginHarness(
      CompilerFixture.plugin(example.text, .training(.double), batch: count), seed: 10)
    let before = exact.learned
    let losses = [long, exact].map { harness -> Double in
      harness.poisonScratch()
      let found = harness.train(sample, rate: 1)
      #expect(found.status == 0)
      return found.loss
    }
    expectClose([losses[0]], [losses[1]], within: 1e-12, "loss")
    for name in exact.savedNames {
      expectClose(long[name], exact[name], within: 1e-12, name)
    }
    #expect(exact.learned != before)
  }

  /// Protects the kernels for images that no cache holds, which go over bands of rows and over groups
  /// of tiles: they move what the others find, in the same bits for any number of threads, short
  /// blocks included.
  @Test(arguments: [Precision.double, .float])
  func largeImages(_ precision: Precision) throws {
    let text = Case.largeImages.text
    let model = try CompilerFixture.compile(text).model
    let open = try PluginHarness(CompilerFixture.plugin(text, .inspection()), seed: 13)
    let sample = Sample(model, count: model.training.batch - 3, seed: 14)
    let before = open.learned
    let laidOpen = open.gradient(sample)
    let gradients = try Dictionary(
      uniqueKeysWithValues: open.parameterNames.map { ($0, try open.gradient(of: $0)) })
    let floor = largest(gradients.values)
    let banded = PlanOptions.cache(65536, precision)
    let kernels = try CompilerFixture.compile(text, banded).kernels.text
    #expect(kernels.contains("bands of") && kernels.contains("groups of"))
    var bits: Set<[[UInt8]]> = []
    for threads in [1, 3] {
      let harness = try PluginHarness(CompilerFixture.plugin(text, banded), threads: threads)
      harness.learned = before
      harness.poisonScratch()
      let found = harness.train(sample, rate: 256)
      let tolerance = precision == .double ? 1e-10 : 1e-4
      expectClose([found.loss], [laidOpen.loss], within: tolerance, "loss")
      for (name, gradient) in gradients {
        let moved = zip(before[name] ?? [], harness[name]).map { ($0 - $1) / 256 }
        expectClose(moved, gradient, within: tolerance, floor: floor, name)
      }
      bits.insert(harness.bits)
    }
    #expect(bits.count == 1)
  }

  /// Protects the kernels for weights that no cache holds, which pass over parts of them, and from a
  /// large batch on leave the product to the host: they move what the small ones find, with and
  /// without a host, in the same bits for any number of threads.
  @Test(arguments: [21, 130], [Precision.double, .float])
  func largeDense(_ batch: Int, _ precision: Precision) throws {
    let text = Case.wideDense.text
    let model = try CompilerFixture.compile(text).model
    let open = try PluginHarness(
      CompilerFixture.plugin(text, .inspection(), batch: batch), seed: 11)
    let sample = Sample(model, count: batch - 3, seed: 12)
    let before = open.learned
    #expect(open.gradient(sample).status == 0)
    let plugin = try CompilerFixture.plugin(text, .smallCache(precision), batch: batch)
    #expect(plugin.description.scratchSize > 0)
    var bits: Set<[[UInt8]]> = []
    for (threads, lends) in [(1, true), (3, true), (1, false)] {
      let harness = try PluginHarness(plugin, threads: threads)
      harness.lends = lends
      harness.learned = before
      let found = harness.train(sample, rate: 256)
      #expect(found.status == 0)
      for name in open.parameterNames {
        let moved = zip(before[name] ?? [], harness[name]).map { ($0 - $1) / 256 }
        expectClose(
          moved, try open.gradient(of: name), within: precision == .double ? 1e-10 : 1e-4,
          "\(name), \(threads) threads, lends \(lends)")
      }
      if lends { bits.insert(harness.bits) }
    }
    #expect(bits.count == 1)
  }
}
