import IR
import Lowering
import PluginABI
import Testing
import Verification

/// What a plugin does with examples or numbers that it cannot use.
@Suite struct RefusalTests {
  private static let text = """
    model refusals {
      input x: [1, 6, 6]
      target label: class(3)
      a = x | conv(2, kernel: 3) as first | batchnorm as norm | relu | avgpool(2)
      logits = a | flatten | dense(4) as middle | relu | dense(3) as last
      loss softmax_cross_entropy(logits, label)
    }
    training {
      batch 5
    }
    """

  private func harness(_ plan: PlanOptions = .training(.float)) throws -> (PluginHarness, Sample) {
    let harness = try PluginHarness(CompilerFixture.plugin(Self.text, plan), seed: 11, threads: 2)
    return (harness, Sample(try CompilerFixture.compile(Self.text).model, count: 5, seed: 12))
  }

  /// Protects what was learned: a step whose loss is not finite moves nothing, bit for bit, and
  /// names the first layer whose result is not finite.
  @Test(arguments: [("first.weight", "first"), ("middle.weight", "middle"), ("last.bias", "last")])
  func notFinite(_ tensor: String, _ layer: String) throws {
    let (harness, sample) = try harness()
    for value in [Double.infinity, .nan] {
      var values = harness[tensor]
      let good = values[0]
      values[0] = value
      harness[tensor] = values
      let before = harness.bits
      harness.poisonScratch()
      let found = harness.train(sample, rate: 1)
      #expect(found.status == BNC_NOT_FINITE)
      #expect(!found.loss.isFinite)
      #expect(found.layer == layer)
      #expect(harness.bits == before)
      values[0] = good
      harness[tensor] = values
    }
    // And the network goes on with good numbers.
    #expect(harness.train(sample, rate: 0.1).status == BNC_OK)
  }

  /// Protects the name where one kernel works for several layers: what an activation makes of finite
  /// numbers is its doing, not that of the layer before it, whether its operand is kept, as in training, or
  /// not. What is not finite before it is not.
  @Test(arguments: ["conv(4, kernel: 3)", "conv(4, kernel: 3) | batchnorm", "flatten | dense(9)"])
  func notFiniteSlope(_ before: String) throws {
    let text = Case(
      "slopes", input: "[3, 8, 8]", batch: 5,
      "y = x | \(before) | prelu(start: 1e38) | multiply(8)\(before.contains("dense") ? "" : " | flatten")"
    ).text
    var sample = Sample(try CompilerFixture.compile(text).model, count: 5, seed: 12)
    sample.inputs = sample.inputs.map { $0 * 1000 }
    let first = before.contains("dense") ? "dense1" : "conv1"
    for plan in [
      PlanOptions.training(.float), PlanOptions(purpose: .evaluation), .inference(.float),
      .inference(.float, target: .generic),
    ] {
      let harness = try PluginHarness(CompilerFixture.plugin(text, plan), seed: 11, threads: 2)
      func culprit(_ slope: Double, bias: Double? = nil) -> String? {
        harness["prelu1.slope"] = [slope]
        if let bias { harness["\(first).bias"] = [bias] + harness["\(first).bias"].dropFirst() }
        harness.poisonScratch()
        let found =
          plan.purpose == .training ? harness.train(sample, rate: 1) : harness.evaluate(sample)
        #expect(!found.loss.isFinite)
        return found.layer
      }
      #expect(culprit(3e38) == "prelu1", "\(plan.purpose)")
      #expect(culprit(-3e38) == "prelu1", "\(plan.purpose)")
      #expect(culprit(.nan) == "prelu1", "\(plan.purpose)")
      #expect(culprit(0.25, bias: .nan) == first, "\(plan.purpose)")
    }
  }

  /// Protects the name where a kernel's result would say the slope of an activation, but not which of the
  /// two made a number infinite.
  @Test(arguments: ["leaky_relu(slope: 1e38)", "multiply(1e38)"])
  func notFiniteActivation(_ activation: String) throws {
    for before in ["conv(4, kernel: 3)", "batchnorm", "maxpool(2)", "layer_norm", "subtract(3)"] {
      let text = Case(
        "overflow", input: "[3, 8, 8]", batch: 5,
        "y = x | multiply(-1) | \(before) | \(activation) | flatten"
      ).text
      for plan in [PlanOptions.training(.float), PlanOptions(purpose: .evaluation)] {
        let harness = try PluginHarness(CompilerFixture.plugin(text, plan), seed: 11, threads: 2)
        var sample = Sample(try CompilerFixture.compile(text).model, count: 5, seed: 12)
        sample.inputs = sample.inputs.map { $0 * 1000 }
        let found =
          plan.purpose == .training ? harness.train(sample, rate: 1) : harness.evaluate(sample)
        #expect(!found.loss.isFinite)
        #expect(
          found.layer == "\(activation.prefix { $0 != "(" })\(activation.hasPrefix("m") ? 2 : 1)")
      }
    }
  }

  /// Protects the same of an input that is no number, in training and in inference: the first layer
  /// that reads it is named.
  @Test(arguments: [PlanOptions.training(.float), .inference(.float)])
  func notFiniteInput(_ plan: PlanOptions) throws {
    let (harness, sample) = try harness(plan)
    // Of an infinity a folded batch norm and a relu may leave 0.
    for value in plan.purpose == .inference ? [Double.nan] : [.infinity, -.infinity, .nan] {
      var wrong = sample
      wrong.inputs[40] = value
      let before = harness.bits
      harness.poisonScratch()
      let found =
        plan.purpose == .inference ? harness.evaluate(wrong) : harness.train(wrong, rate: 1)
      #expect(!found.loss.isFinite)
      #expect(found.layer == "first")
      #expect(harness.bits == before)
    }
  }

  /// Protects the same of a part of a concat, whose positions lie as far apart as the whole's: to the
  /// last of them.
  @Test func notFinitePart() throws {
    let text = Case(
      "part", input: "[16, 4, 4]", batch: 1,
      """
      a = x | conv(16, kernel: 1) as left
      b = x | conv(32, kernel: 1) as right
      y = concat(a, b) | conv(3, kernel: 4) | flatten
      """
    ).text
    let plan = PlanOptions.inference(.float, target: .generic)
    #expect(
      try CompilerFixture.kernels(text, plan).buffers.filter { $0.part != nil }.map(\.name)
        == ["left_output", "right_output"])
    let harness = try PluginHarness(CompilerFixture.plugin(text, plan), seed: 11)
    var sample = Sample(try CompilerFixture.compile(text).model, count: 1, seed: 12)
    sample.inputs[16 * 16 - 1] = .nan
    harness.poisonScratch()
    let found = harness.evaluate(sample)
    #expect(!found.loss.isFinite)
    #expect(found.layer == "left")
  }

  /// Protects the same of an inference, whatever lies in scratch that nobody reads.
  @Test(arguments: [("first.weight", "first"), ("middle.weight", "middle"), ("last.bias", "last")])
  func notFiniteInference(_ tensor: String, _ layer: String) throws {
    let (harness, sample) = try harness(.inference(.float))
    for value in [Double.infinity, .nan] {
      let good = harness[tensor]
      harness[tensor] = [value] + good.dropFirst()
      harness.poisonScratch()
      let found = harness.evaluate(sample)
      #expect(found.status == BNC_OK)
      #expect(!found.loss.isFinite)
      #expect(found.layer == layer)
      harness[tensor] = good
      harness.poisonScratch()
      #expect(harness.evaluate(sample).loss.isFinite)
    }
  }

  /// Protects predictions, which are held against no target: an output that is not finite has its layer
  /// named all the same, beside a loss of 0.
  @Test(arguments: [
    PlanOptions.training(.float), .inference(.float), .evaluation(.float, target: .generic),
  ])
  func notFinitePrediction(_ plan: PlanOptions) throws {
    var (harness, sample) = try harness(plan)
    sample.allTargets = []
    for value in [Double.infinity, .nan] {
      let good = harness["last.bias"]
      harness["last.bias"] = [value] + good.dropFirst()
      harness.poisonScratch()
      let found = harness.evaluate(sample)
      #expect(found.status == BNC_OK && found.loss == 0)
      #expect(found.layer == "last")
      harness["last.bias"] = good
      harness.poisonScratch()
      #expect(harness.evaluate(sample).layer == nil)
    }
  }

  /// Protects the name: numbers that no kernel writes, and nobody reads, make no earlier layer
  /// guilty.
  @Test(arguments: [Case.network, .shapes, .everything])
  func notFiniteAtTheEnd(_ example: Case) throws {
    let model = try CompilerFixture.compile(example.text).model
    let harness = try PluginHarness(
      CompilerFixture.plugin(example.text, .inference(.float)), seed: 41)
    let last = try #require(harness.parameterNames.last)
    harness[last] = harness[last].map { _ in .nan }
    harness.poisonScratch()
    let found = harness.evaluate(Sample(model, count: model.training.batch, seed: 42))
    #expect(!found.loss.isFinite)
    #expect(found.layer.map { last.hasPrefix("\($0).") } == true, "\(last): \(found.layer ?? "")")
  }

  /// Protects memory: labels outside of the classes and counts outside of the batch are refused by
  /// every entry point before anything is read or moved.
  @Test func badArguments() throws {
    let (trained, sample) = try harness()
    let (open, _) = try harness(.inspection())
    var calls: [(PluginHarness, (Sample, Int?) -> PluginHarness.Outcome)] = [
      (trained, { trained.train($0, rate: 1, count: $1) }),
      (trained, { trained.evaluate($0, count: $1) }),
      (open, { open.gradient($0, count: $1) }),
      (open, { open.evaluate($0, count: $1) }),
    ]
    calls.append((open, { open.gradient($0, training: false, count: $1) }))
    for (harness, call) in calls {
      let before = harness.bits
      for count in [0, -1, 6, Int(Int32.max)] {
        #expect(call(sample, count).status == BNC_BAD_ARGUMENT, "count \(count)")
      }
      for label in [-1, 3, Int32.min, Int32.max] {
        var wrong = sample
        wrong.labels[4] = label
        #expect(call(wrong, nil).status == BNC_BAD_ARGUMENT, "label \(label)")
        // A label that the call does not use is not looked at.
        #expect(call(wrong.prefix(4), nil).status == BNC_OK)
        harness.network.regions.restoreBits(before)
      }
      #expect(harness.bits == before)
    }
  }

  /// Protects from evaluating with statistics that no batch ever filled, in every batch norm that
  /// starts at its first batch.
  @Test func neverTrained() throws {
    let (trained, sample) = try harness()
    trained["norm.seen"] = [0]
    #expect(trained.evaluate(sample).status == BNC_NOT_TRAINED)
    #expect(trained.train(sample, rate: 0.1).status == BNC_OK)
    #expect(trained["norm.seen"] == [1])
    #expect(trained.evaluate(sample).status == BNC_OK)
    let (open, _) = try harness(.inspection())
    open["norm.seen"] = [0]
    #expect(open.gradient(sample, training: false).status == BNC_NOT_TRAINED)
    #expect(open.gradient(sample, training: true).status == BNC_OK)
    #expect(open.gradient(sample, training: false).status == BNC_OK)
  }
}
