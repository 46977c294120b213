import IR
import Lowering
import Operators
import PluginABI
import Testing
import Verification

@testable import Runner

/// The plan for inference, which lays values out otherwise, folds batch norms into weights and
/// leaves out what nothing reads, against the evaluation of the plan for training.
@Suite struct InferenceTests {
  private static let cases =
    Case.operators + Case.withinExamples + Case.inChannels + [.network, .everything, .shapes]

  /// Protects inference itself: for random weights and running statistics the outputs are those of
  /// the training plan's evaluation, and so are the inference plugin's own evaluation and its loss.
  @Test(arguments: cases)
  func infersWhatTrainingEvaluates(_ example: Case) throws {
    let place = Self.cases.firstIndex { $0.name == example.name } ?? 0
    let all = Targets.runnable
    // What clang takes most of the time for: two widths of vectors, other ones for each example. Float
    // adds its rounding to double, which one of them tells; what is not fused is the same for all.
    let (one, other) = (all[place % all.count], all[(place + all.count / 2) % all.count])
    try expectInference(
      of: example,
      [.inference(.double, target: one), .inference(.float, target: other)]
        + [.inference(.double, target: other), .inference(.double, target: one, fuses: false)])
  }

  /// Protects each activation where an inference fuses it.
  @Test(arguments: Case.activations + Case.activationsBetween)
  func activations(_ example: Case) throws {
    try expectInference(of: example, [.inference(.double), .inference(.float)])
  }

  /// Expects of each plan what an evaluation of the training's plan finds.
  private func expectInference(of example: Case, _ plans: [PlanOptions]) throws {
    let model = try CompilerFixture.compile(example.text).model
    let sample = Sample(model, count: min(3, model.training.batch), seed: 22)
    let training = try PluginHarness(
      CompilerFixture.plugin(example.text, .training(.double)), seed: 21)
    let expected = training.evaluate(sample)
    for plan in plans {
      let what = "\(plan.target.name), \(plan.precision), fuses \(plan.fuses)"
      let tolerance = plan.precision == .double ? 1e-12 : 1e-4
      let harness = try PluginHarness(CompilerFixture.plugin(example.text, plan), seed: 21)
      let found = try harness.infer(sample)
      #expect(found.status == BNC_OK)
      for (index, outputs) in found.allOutputs.enumerated() {
        expectClose(
          outputs, expected.allOutputs[index], within: tolerance, "output \(index), \(what)")
      }
      let evaluated = harness.evaluate(sample)
      #expect(evaluated.status == BNC_OK && evaluated.allOutputs == found.allOutputs)
      expectClose([evaluated.loss], [expected.loss], within: tolerance, "loss, \(what)")
    }
  }

  /// Protects repeatability: the same bits whatever the number of threads and whatever scratch held
  /// before.
  @Test(arguments: cases + [.largeOfShortBatch, .wide])
  func sameBits(_ example: Case) throws {
    let model = try CompilerFixture.compile(example.text).model
    let sample = Sample(model, count: 2, seed: 24)
    let target = Targets.runnable.first { $0.vectorBytes == 32 } ?? .generic
    let plugin = try CompilerFixture.plugin(example.text, .inference(.float, target: target))
    var first: [Double]?
    for (threads, fill) in [(1, UInt8(0xff)), (1, 0), (2, 0xff), (3, 0x7f)] {
      let harness = try PluginHarness(plugin, seed: 23, threads: threads)
      harness.fillScratch(fill)
      let outputs = try harness.infer(sample).outputs
      #expect(outputs.allSatisfy(\.isFinite) && !outputs.isEmpty)
      #expect(outputs == first ?? outputs, "\(threads) threads, scratch of \(fill)")
      first = first ?? outputs
    }
  }

  /// Protects the wide case's numbers too, whose kernels are shared among threads.
  @Test(arguments: [Case.wide, .largeOfShortBatch])
  func sharedKernels(_ example: Case) throws {
    let model = try CompilerFixture.compile(example.text).model
    let sample = Sample(model, count: 2, seed: 26)
    let expected = try PluginHarness(
      CompilerFixture.plugin(example.text, .training(.double)), seed: 25
    )
    .evaluate(sample)
    let harness = try PluginHarness(
      CompilerFixture.plugin(example.text, .inference(.double)), seed: 25, threads: 2)
    expectClose(try harness.infer(sample).outputs, expected.outputs, within: 1e-12, "outputs")
    let kernels = try CompilerFixture.compile(example.text, .inference(.double)).kernels.kernels
    #expect(kernels.contains { if case .fixed = $0.tasks { true } else { false } })
  }

  /// Protects residual blocks from a kernel for each addition: the convolution before it has it.
  @Test func joinsBranches() throws {
    let example = try #require(Case.inChannels.first { $0.name == "joined_in_channels" })
    let plan = PlanOptions.inference(.float, target: .generic)
    let kernels = try CompilerFixture.kernels(example.text, plan).kernels
    let joined = kernels.count {
      ($0.spec as? ChannelConvolution)?.second != nil
        || ($0.spec as? ChannelDepthwise)?.second != nil
    }
    #expect(joined == 7)
  }

  /// Protects the choice of a vector's width: whole where channels nearly fill it, half where most of
  /// it would be padding, and what the target has where that is short.
  @Test func widths() throws {
    func lanes(_ channels: Int, _ target: TargetMachine) throws -> Int {
      let text = Case(
        "width", input: "[3, 8, 8]", batch: 2, "y = x | conv(\(channels), kernel: 3) | flatten"
      ).text
      return try CompilerFixture.kernels(text, .inference(.float, target: target)).lanes
    }
    #expect(try lanes(8, .x86_64_v4) == 8)
    #expect(try lanes(16, .x86_64_v4) == 16)
    #expect(try lanes(20, .x86_64_v4) == 16, "24 numbers in halves, 32 in whole vectors")
    #expect(try lanes(17, .x86_64_v4) == 16)
    #expect(try lanes(4, .x86_64_v4) == 8)
    #expect(try lanes(4, .x86_64_v3) == 8)
  }

  /// Protects from outputs of a network that never saw a batch, and from calls without a region.
  @Test func refusals() throws {
    let text = Case.network.text
    let harness = try PluginHarness(CompilerFixture.plugin(text, .inference(.float)), seed: 27)
    let sample = Sample(try CompilerFixture.compile(text).model, count: 1, seed: 28)
    harness["batchnorm2.seen"] = [0]
    #expect(try harness.infer(sample).status == BNC_NOT_TRAINED)
    #expect(harness.evaluate(sample).status == BNC_NOT_TRAINED)
    harness["batchnorm2.seen"] = [1]
    #expect(try harness.infer(sample).status == BNC_OK)
    #expect(harness.train(sample, rate: 1).status == -1, "it has no such entry point")
    let table = harness.plugin.table.pointee
    var regions = harness.network.regions.pointers
    regions.prepared = nil
    #expect(table.prepare?(&regions) == Int32(BNC_BAD_ARGUMENT))
    var number = Float(0)
    let status = withUnsafeMutableBytes(of: &number) { bytes in
      table.infer?(
        nil, &regions, [UnsafeRawPointer(bytes.baseAddress)], [Int32(BNC_REAL)],
        [bytes.baseAddress])
    }
    #expect(status == Int32(BNC_BAD_ARGUMENT))
  }

  /// Protects bytes: they come in scaled as in training.
  @Test func bytes() throws {
    let text = Case.network.text.replacing("batch 7", with: "batch 7\n  data scale(1/255)")
    let harness = try PluginHarness(CompilerFixture.plugin(text, .inference(.double)), seed: 29)
    let model = try CompilerFixture.compile(text).model
    let bytes = (0..<model.inputs[0].shape.elementCount).map { UInt8(truncatingIfNeeded: $0 * 37) }
    let numbers = bytes.map { Double($0) * (1 / 255.0) }
    let expected = try harness.infer(Sample(inputs: numbers, labels: [0])).outputs
    var found = [Double](repeating: 0, count: expected.count)
    try found.withUnsafeMutableBytes { outputs in
      try bytes.withUnsafeBytes { input in
        try harness.network.infer(
          [input.baseAddress], isBytes: true, outputs: [outputs.baseAddress])
      }
    }
    #expect(found == expected)
  }

  /// Protects images as outputs: they come out in canonical order.
  @Test func imageOutput() throws {
    let text = """
      model picture {
        input x: [2, 5, 4]
        target t: [3, 4, 3]
        y = x | conv(3, kernel: 2) | relu
        loss linear_regression(y, t)
      }
      training {
        batch 3
      }
      """
    let sample = Sample(try CompilerFixture.compile(text).model, count: 3, seed: 30)
    let training = try PluginHarness(CompilerFixture.plugin(text, .training(.double)), seed: 31)
    let harness = try PluginHarness(CompilerFixture.plugin(text, .inference(.double)), seed: 31)
    let expected = training.evaluate(sample)
    expectClose(
      try harness.infer(sample).outputs, expected.outputs, within: 1e-12, "outputs")
    expectClose([harness.evaluate(sample).loss], [expected.loss], within: 1e-12, "loss")
  }

  /// Protects the work that is left out: cells that a pool drops are not computed, all the way up.
  @Test func dropsWhatPoolsDrop() throws {
    let kernels = try CompilerFixture.compile(
      """
      model dropped {
        input x: [1, 28, 28]
        target label: class(3)
        y = x | conv(4, kernel: 3) | relu | avgpool(2) | conv(4, kernel: 5) | maxpool(2) | flatten
        logits = y | dense(3)
        loss softmax_cross_entropy(logits, label)
      }
      """, .inference(.float)
    ).kernels.kernels
    let sizes = kernels.compactMap { kernel in
      (kernel.spec as? ChannelConvolution).map { [$0.output.height, $0.output.width] }
    }
    #expect(sizes == [[24, 24], [8, 8]])
  }
}
