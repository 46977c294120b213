import IR
import Lowering
import Operators
import PluginABI
import Testing
import Verification

@testable import Runner

/// The plan for evaluation, which has batch norms in the weights and nothing that trains, against the
/// evaluation of the plan for training.
@Suite struct EvaluationTests {
  /// One machine of those that this one runs, for what does not depend on it.
  private static let one = Targets.runnable.first { $0.vectorBytes == 32 } ?? .generic

  /// Protects evaluation itself: for random weights and running statistics, losses and outputs are
  /// those of the training plan, fused or not, and of a batch that leaves lanes without an example.
  @Test(arguments: Case.operators + Case.withinExamples)
  func evaluatesAsTraining(_ example: Case) throws {
    try expectTraining(
      example,
      [
        .evaluation(.double, target: Self.one),
        .evaluation(.double, target: .generic, fuses: false),
      ])
  }

  /// Protects the same for each target that this machine runs, in float too.
  @Test(arguments: [Case.network, .everything, .shapes], Targets.runnable)
  func allTargets(_ example: Case, _ target: TargetMachine) throws {
    try expectTraining(
      example, [.evaluation(.double, target: target), .evaluation(.float, target: target)])
  }

  /// Protects convolutions by Winograd's products, whose weights are made beforehand.
  @Test(arguments: Case.winograd, WinogradGeometry.sides)
  func winograd(_ example: Case, _ side: Int) throws {
    try expectTraining(
      example,
      Targets.runnable.map {
        var plan = PlanOptions.winograd(.double, $0, side: side, cache: 1024)
        plan.purpose = .evaluation
        return plan
      })
    var plan = PlanOptions.winograd(.double, Self.one, side: side)
    plan.purpose = .evaluation
    let kernels = try CompilerFixture.kernels(example.text, plan).kernels
    #expect(kernels.contains { $0.spec is WinogradConvolution })
    #expect(!kernels.contains { $0.spec is WinogradWeights }, "a call makes none of the weight")
  }

  /// Protects values that a convolution puts together with its sums: branches of either side and order,
  /// its own operand, one that lies beside it in a concat, and one that it has to leave for others.
  @Test(arguments: ["fast", "tilesOf4"])
  func joinsBranches(_ products: String) throws {
    let example = Case(
      "joins", input: "[4, 9, 8]", batch: 11,
      """
      a = x | conv(6, kernel: 3, padding: 1) | batchnorm | relu
      own = a + (a | conv(6, kernel: 3, padding: 1) | batchnorm) | relu
      left = own | conv(6, kernel: 3, padding: 1)
      order = left - (own | conv(6, kernel: 3, padding: 1)) | gelu
      kept = order * (order | conv(6, kernel: 1) | batchnorm)
      beside = concat(kept, order)
      y = (beside | conv(12, kernel: 3, padding: 1, groups: 2)) + beside | tanh | flatten
      """)
    let products = try #require(PlanOptions.Products(rawValue: products))
    let plans = Targets.runnable.map {
      var plan = PlanOptions.evaluation(.double, target: $0)
      plan.products = products
      return plan
    }
    try expectTraining(example, plans)
    let kernels = try CompilerFixture.kernels(example.text, plans[0]).kernels
    let joined = kernels.count {
      ($0.spec as? ConvolutionForward)?.second != nil
        || ($0.spec as? WinogradConvolution)?.second != nil
    }
    #expect(joined == 4, "no value is put together with another by a kernel of its own")
  }

  /// Protects each activation where a weight's kernel has it.
  @Test(arguments: Case.activations)
  func activations(_ example: Case) throws {
    try expectTraining(example, [.evaluation(.double, target: Self.one)])
  }

  private func expectTraining(_ example: Case, _ plans: [PlanOptions]) throws {
    let model = try CompilerFixture.compile(example.text).model
    let batch = model.training.batch
    let sample = Sample(model, count: max(1, batch - 1), seed: 22)
    let training = try PluginHarness(
      CompilerFixture.plugin(example.text, .training(.double)), seed: 21)
    let expected = training.evaluate(sample)
    for plan in plans {
      let harness = try PluginHarness(
        CompilerFixture.plugin(example.text, plan, batch: batch), seed: 21)
      let found = harness.evaluate(sample)
      #expect(found.status == BNC_OK)
      let tolerance = plan.precision == .double ? 1e-12 : 1e-4
      let name = "\(plan.target.name), \(plan.precision), fuses \(plan.fuses)"
      for (index, outputs) in found.allOutputs.enumerated() {
        expectClose(
          outputs, expected.allOutputs[index], within: tolerance, "output \(index), \(name)")
      }
      expectClose([found.loss], [expected.loss], within: tolerance, "loss, \(name)")
    }
  }

  /// Protects repeatability: the same bits on one thread or several, which run batches beside each
  /// other, and whatever scratch held before; in the order of the examples.
  @Test(arguments: [Case.network, .everything])
  func sameBits(_ example: Case) throws {
    let plugin = try CompilerFixture.plugin(
      example.text, .evaluation(.float, target: Self.one))
    let description = plugin.description
    #expect(description.preparesEvaluation && !description.infers && !description.canTrain)
    // Some batches, and the last of them short.
    let model = try CompilerFixture.compile(example.text).model
    let count = 5 * description.batch - 1
    let examples = try Sample(model, count: count, seed: 24).examples(for: description)
    var first: (loss: Double, outputs: [[Double]])?
    for (threads, fill) in [(1, UInt8(0xff)), (2, 0), (3, 0x7f), (8, 0xff)] {
      let harness = try PluginHarness(plugin, seed: 23, threads: threads)
      harness.fillScratch(fill)
      guard case .done(let evaluation) = try Evaluator(harness.network).evaluate(examples, [])
      else {
        Issue.record("the evaluation did not come to its end")
        return
      }
      let outputs = try Evaluator(harness.network, for: count).outputs(of: examples).map(\.values)
      #expect(outputs.allSatisfy { $0.allSatisfy(\.isFinite) && !$0.isEmpty })
      #expect(evaluation.loss == first?.loss ?? evaluation.loss, "\(threads) threads")
      #expect(outputs == first?.outputs ?? outputs, "\(threads) threads")
      first = first ?? (evaluation.loss, outputs)
    }
  }

  /// Protects the loss of classes that have weights, or of which one is ignored, alone and beside another
  /// loss: the mean over all examples by what they count, whatever makes a batch, for whichever plan.
  @Test(arguments: [1, 2, 17, 101])
  func weighedMeans(_ batch: Int) throws {
    let text = """
      model weighed {
        input x: [3, 2, 2]
        target label: class(4)
        target each: class(4, shape: [2, 2])
        h = x | conv(4, kernel: 1)
        y = h | flatten | dense(4)
        loss softmax_cross_entropy(y, label, weights: [1, 2, 0.5, 3], ignore: 0)
          + 0.5 * softmax_cross_entropy(h, each, ignore: 2) + l2(0.01) on *.weight
      }
      training { batch \(batch) }
      """
    let model = try CompilerFixture.compile(text).model
    let sample = Sample(model, count: 101, seed: 31)
    for plan in [
      PlanOptions.training(.double), .evaluation(.double, target: Self.one), .inference(.double),
    ] {
      let plugin = try CompilerFixture.plugin(text, plan)
      let harness = try PluginHarness(plugin, seed: 30)
      guard
        case .done(let found) = try Evaluator(harness.network)
          .evaluate(sample.examples(for: plugin.description), [])
      else {
        Issue.record("the evaluation did not come to its end")
        return
      }
      let names = plugin.description.tensors.map(\.name)
      let naive = NaiveNetwork(
        model: model,
        tensors: Dictionary(uniqueKeysWithValues: names.map { ($0, harness[$0]) }))
      let values = naive.values(sample, training: false)
      let count = Double(sample.count)
      expectClose(
        [found.loss], [naive.loss(sample, training: false) / count], within: 1e-6, "\(plan.purpose)"
      )
      expectClose(
        found.parts, naive.losses(sample, values, training: false).map { $0 / count }, within: 1e-6,
        "\(plan.purpose)")
    }
  }

  /// Protects that a batch of an evaluation is one block where more would leave the cache, and that a
  /// network of small values takes two, for whose sake a weight is read once.
  /// A loss that is no sum over examples keeps the batch that it is a mean of.
  @Test func batchesSuitTheCache() throws {
    func batch(
      _ input: String, _ layers: String, loss: String = "reduction: mean)", cache: Int = 512 * 1024
    ) throws -> Int {
      var plan = PlanOptions(target: .x86_64_v3, purpose: .evaluation)
      plan.target.cacheBytes = cache
      let text = """
        model m {
          input x: \(input)
          target t: class(3)
          y = x | \(layers) | dense(3)
          loss softmax_cross_entropy(y, t, \(loss)
        }
        training { batch 100 }
        """
      return try CompilerFixture.compile(text, plan).model.training.batch
    }
    let dense = "dense(64) | relu"
    let image = "conv(16, kernel: 3, padding: 1) | relu | flatten"
    #expect(try batch("[8, 32, 32]", image) == 8)
    #expect(try batch("[64]", dense) == 16)
    #expect(try batch("[64]", dense, cache: 1024) == 8)
    let penalty = " + l2(0.1) on *.weight"
    #expect(try batch("[64]", dense, loss: "reduction: mean)" + penalty) == 16)
    #expect(try batch("[64]", dense, loss: "reduction: sum)" + penalty) == 100)
    #expect(try batch("[64]", dense, loss: "reduction: sum, weights: [1, 2, 3])") == 16)
    #expect(try batch("[64]", dense, loss: "reduction: mean, weights: [1, 2, 3])") == 16)
    #expect(try batch("[64]", dense, loss: "reduction: mean, ignore: 1)") == 16)
  }

  /// Protects from outputs of a network that never saw a batch, from weights that nobody prepared, and
  /// from calls without a region.
  @Test func refusals() throws {
    let text = Case.network.text
    let harness = try PluginHarness(CompilerFixture.plugin(text, .evaluation(.float)), seed: 27)
    let sample = Sample(try CompilerFixture.compile(text).model, count: 1, seed: 28)
    let table = harness.plugin.table.pointee
    var regions = harness.network.regions.pointers
    harness["batchnorm2.seen"] = [0]
    #expect(table.prepare?(&regions) == Int32(BNC_NOT_TRAINED))
    harness["batchnorm2.seen"] = [1]
    #expect(table.prepare?(&regions) == Int32(BNC_OK))
    #expect(harness.evaluate(sample).status == BNC_OK)
    #expect(harness.train(sample, rate: 1).status == -1, "it has no such entry point")
    regions.prepared = nil
    #expect(table.prepare?(&regions) == Int32(BNC_BAD_ARGUMENT))
    let status = try sample.examples(for: harness.plugin.description).batch(from: 0, count: 1)
      .withTable { batch in
        var result = bnc_result()
        return table.evaluate?(nil, &regions, batch, nil, &result)
      }
    #expect(status == Int32(BNC_BAD_ARGUMENT))
  }
}
