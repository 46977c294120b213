import CodeGeneration
import Diagnostics
import Driver
import Glibc
import IR
import Lowering
import PluginABI
import Runner
import Testing
import Verification

/// Networks that stand alone, their weights in their C, against the evaluation that they are of.
@Suite struct FreezeTests {
  private static let cases =
    Case.operators + Case.withinExamples + Case.several + Case.losses
    + [.network, .everything, .shapes]

  /// Plain C, and vectors that this machine has.
  private static let targets: [TargetMachine] = [
    .portable, Targets.runnable.first { $0.vectorBytes == 32 } ?? .generic,
  ]

  /// Protects what freezing is for: with random weights the outputs are those of training's evaluation
  /// in double, up to what float rounds: 2^-24 of each number of the sums, which are of up to thousands,
  /// through a few layers that keep the size of what they read; 1e-4 of the largest output, as
  /// `InferenceTests` have it. Scratch holds NaN before, and the outputs do too.
  ///
  /// Every network as plain C, and every third with vectors, whose kernels the inference of plugins has
  /// too.
  @Test(
    arguments: cases.indices.flatMap { index in
      targets.prefix(index % 3 == 0 ? 2 : 1).map { (cases[index], $0) }
    })
  func agreesWithEvaluation(_ example: Case, _ target: TargetMachine) throws {
    let model = try CompilerFixture.compile(example.text).model
    let sample = Sample(model, count: min(3, model.training.batch), seed: 22)
    let training = try PluginHarness(
      CompilerFixture.plugin(example.text, .training(.double)), seed: 21)
    let frozen = try FrozenHarness(example.text, target) { training[$0] }
    let found = try frozen.run(
      sample, sizes: model.outputs.map { model.shape(of: $0).elementCount })
    for (index, expected) in training.evaluate(sample).allOutputs.enumerated() {
      expectClose(found[index].map(Double.init), expected, within: 1e-4, "output \(index)")
    }
  }

  /// Protects the example models in the same way: the inference's own evaluation in double is the
  /// reference, which `InferenceTests` hold against training's.
  @Test(arguments: ExampleModels.all.map(\.name))
  func exampleModels(_ name: String) throws {
    let example = try ExampleModels.named(name)
    let plan = PlanOptions.inference(.double)
    let model = try CompilerFixture.compile(example.text, plan).model
    let reference = try PluginHarness(CompilerFixture.plugin(example.text, plan), seed: 31)
    let sample = Sample(model, count: 1, seed: 32)
    // Some have millions of weights, which a compiler takes long to read.
    let frozen = try FrozenHarness(example.text, .portable, .float, { $0.weights = .file }) {
      reference[$0]
    }
    let found = try frozen.run(
      sample, sizes: model.outputs.map { model.shape(of: $0).elementCount })
    for (index, expected) in try reference.infer(sample).allOutputs.enumerated() {
      expectClose(found[index].map(Double.init), expected, within: 1e-4, "output \(index)")
    }
  }

  /// Protects bytes, several examples a call and a file of weights: each gives the numbers that one
  /// example of floats does, to the bit, for the arithmetic is the same.
  @Test(arguments: targets)
  func waysToHandOver(_ target: TargetMachine) throws {
    let text = Case.network.text.replacing("batch 7", with: "batch 7\n  data scale(1/255)")
    let values = try FrozenHarness.drawn(text)
    let model = try CompilerFixture.compile(text).model
    let count = model.inputs[0].shape.elementCount
    let bytes = (0..<4 * count).map { Double(UInt8(truncatingIfNeeded: $0 * 37)) }
    var sample = Sample(inputs: bytes, labels: [0, 0, 0, 0])
    let one = try FrozenHarness(text, target, .bytes, values: values).run(sample, sizes: [3])
    #expect(Set(one[0].map(\.bitPattern)).count == 12, "the examples differ")
    let several = try FrozenHarness(
      text, target, .bytes, { ($0.batch, $0.weights) = (2, .file) }, values: values)
    #expect(try several.run(sample, sizes: [3]) == one)
    let section = try FrozenHarness(
      text, target, .bytes, { ($0.batch, $0.weights) = (4, .section) }, values: values)
    #expect(try section.run(sample, sizes: [3]) == one)
    sample.inputs = bytes.map { Double(Float($0) * Float(1.0 / 255)) }
    #expect(try FrozenHarness(text, target, values: values).run(sample, sizes: [3]) == one)
  }

  /// Protects probabilities: the softmax of one output and of each position of an image, the sigmoid
  /// of a logit; outputs that are probabilities already stay as they are.
  @Test(arguments: ["softmax", "positions", "sigmoid", "own"])
  func probabilities(_ kind: String) throws {
    let (target, loss, last) =
      switch kind {
      case "softmax": ("class(5)", "softmax_cross_entropy(y, t)", "flatten | dense(5)")
      case "positions":
        ("class(5, shape: [3, 4])", "softmax_cross_entropy(y, t)", "conv(5, kernel: 1)")
      case "sigmoid":
        ("[2]", "binary_cross_entropy_with_logits(y, t)", "flatten | dense(2)")
      default: ("[2]", "binary_cross_entropy(y, t)", "flatten | dense(2) | sigmoid")
      }
    let text = """
      model made {
        input x: [2, 3, 4]
        target t: \(target)
        y = x | \(last)
        loss \(loss)
      }
      """
    let model = try CompilerFixture.compile(text).model
    let sizes = [model.shape(of: model.outputs[0]).elementCount]
    let values = try FrozenHarness.drawn(text)
    let sample = Sample(model, count: 2, seed: 33)
    let logits = try FrozenHarness(text, values: values).run(sample, sizes: sizes)[0]
      .map(Double.init)
    let made = try FrozenHarness(text, .portable, .float, { $0.output = .softmax }, values: values)
      .run(sample, sizes: sizes)[0].map(Double.init)
    let (classes, positions) = kind == "positions" ? (5, 12) : (sizes[0], 1)
    let expected = logits.indices.map { index -> Double in
      switch kind {
      case "sigmoid": return 1 / (1 + exp(-logits[index]))
      case "own": return logits[index]
      default:
        let start = index / sizes[0] * sizes[0] + index % positions
        let sum = (0..<classes).reduce(0) { $0 + exp(logits[start + $1 * positions]) }
        return exp(logits[index]) / sum
      }
    }
    // A few roundings of numbers below 1.
    expectClose(made, expected, within: 1e-6, kind)
  }
}
