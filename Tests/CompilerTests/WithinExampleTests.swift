import IR
import Lowering
import Operators
import Testing
import Verification

/// The training plan of operators that work within each example.
@Suite struct WithinExampleTests {
  /// Protects what a step moves, as `PlanTests` does of the others.
  @Test(arguments: Case.withinExamples, [Precision.double, .float])
  func movesAlongTheGradients(_ example: Case, _ precision: Precision) throws {
    try PlanTests().movesAlongTheGradients(example, precision)
  }

  /// Protects repeatability, likewise.
  @Test(arguments: Case.withinExamples)
  func sameBits(_ example: Case) throws { try PlanTests().sameBits(example) }

  /// Protects the speed of a learned slope: it is applied where the numbers before it are stored, in
  /// every plan.
  @Test(arguments: [
    "conv(9, kernel: 3)", "conv(12, kernel: 3, padding: 1)", "conv(4, kernel: 3, groups: 4)",
    "conv(6, kernel: 1, groups: 2)", "conv_transpose(3, kernel: 2)", "batchnorm",
    "normalize | scale_shift",
    "flatten | dense(7)", "conv(5, kernel: 2) | batchnorm", "layer_norm", "group_norm(2)",
    "rms_norm(over: channels)", "instance_norm", "maxpool(2)", "avgpool(3, stride: 1)",
    "global_avgpool", "upsample(2)", "upsample(2, mode: bilinear)", "pad(1)", "pad(1, mode: edge)",
    "pad([1, 1, 1], mode: reflect)", "slice(2, start: 1)", "transpose([3, 1, 2])", "add(1)", "gelu",
    "conv(4, kernel: 1) | relu | multiply(2)",
  ])
  func learnedSlopesAreFused(_ producer: String) throws {
    for call in ["prelu", "prelu(slopes: channels)"] {
      let text = Case(
        "slopes", input: "[4, 8, 8]", batch: 5,
        "y = x | \(producer) | \(call)\(producer.contains("dense") ? "" : " | flatten")"
      ).text
      for purpose in [PlanOptions.Purpose.training, .evaluation, .inference] {
        let options = PlanOptions(target: .x86_64_v3, purpose: purpose)
        let kernels = try CompilerFixture.kernels(text, options).kernels
        #expect(!kernels.contains { $0.name == "prelu1_forward" }, "\(purpose)")
      }
    }
  }

  /// Protects the speed of activations whose slope their result does not say: they too are applied where
  /// numbers are stored that nothing computes.
  @Test(arguments: [
    "maxpool(2)", "avgpool(3, stride: 1)", "upsample(2)", "upsample(2, mode: bilinear)", "pad(1)",
    "pad(1, mode: edge)", "slice(2, start: 1)", "transpose([3, 1, 2])",
  ])
  func storedActivationsAreFused(_ producer: String) throws {
    for word in ["gelu", "silu", "hard_swish"] {
      let text = Case(
        "stored", input: "[4, 8, 8]", batch: 5,
        "y = x | conv(4, kernel: 3, padding: same) | \(producer) | \(word) | flatten"
      ).text
      let kernels = try CompilerFixture.kernels(text, PlanOptions(target: .x86_64_v3)).kernels
      #expect(!kernels.contains { $0.name == "\(word)1_forward" }, "\(word)")
    }
  }

  /// Protects the speed of what follows an activation: its slope is part of the kernel that makes
  /// the gradient.
  @Test(arguments: [
    "prelu", "prelu(slopes: channels)", "softmax", "log_softmax(axis: -1)", "layer_norm",
    "layer_norm(over: channels, affine: false)", "rms_norm(over: 1)", "group_norm(2)",
    "instance_norm",
  ])
  func slopesAreFused(_ call: String) throws {
    let text = Case(
      "slopes", input: "[2, 8, 8]", batch: 5,
      "y = x | conv(4, kernel: 3) | gelu | \(call) | avgpool(6) | flatten"
    ).text
    let kernels = try CompilerFixture.kernels(text, PlanOptions(target: .x86_64_v3)).kernels
    #expect(!kernels.contains { $0.name == "gelu1_backward" })
    #expect(kernels.contains { $0.phase == .backward && $0.spec.functions.count == 1 })
  }

  /// Protects normalizations from cancellation in float: where the mean is ten thousand deviations,
  /// the variance is right to 1e-4, and so are the results.
  @Test(arguments: [
    "layer_norm", "layer_norm(over: channels)", "layer_norm(over: 1)", "group_norm(2)",
    "instance_norm",
  ])
  func farFromZero(_ call: String) throws {
    let text = Self.normalizing(call)
    let model = try CompilerFixture.compile(text).model
    let harness = try PluginHarness(CompilerFixture.plugin(text, .training(.float)))
    harness.learned = Self.plain(harness)
    var sample = Sample(model, count: 3, seed: 41)
    sample.inputs = sample.inputs.map { Double(Float(1e4 + $0)) }
    let naive = NaiveNetwork(model: model, tensors: harness.learned)
    let expected = naive.values(sample, training: true)[.result(of: 0)]
    let found = harness.evaluate(sample).outputs
    let op = try #require(model.layers[0].op.base as? any ExampleNormalization)
    let groups = op.checkedGroups(of: model.layers[0].shape)
    /// The variance of each group.
    func variances(_ values: [Double]) -> [Double] {
      var sums = [Double](repeating: 0, count: 3 * groups.groups)
      var means = sums
      let size = model.layers[0].shape.elementCount
      func group(_ index: Int) -> Int {
        index / size * groups.groups + groups.place(of: index % size).group
      }
      for (index, y) in values.enumerated() { means[group(index)] += y / Double(groups.count) }
      for (index, y) in values.enumerated() {
        let distance = y - means[group(index)]
        sums[group(index)] += distance * distance / Double(groups.count)
      }
      return sums
    }
    // The mean itself is rounded to float: by no more than 5e-4, over the group's deviation.
    let deviation = (variances(sample.inputs).min() ?? 0).squareRoot()
    expectClose(found, expected, within: 6e-4 / min(1, deviation), call)
    expectClose(variances(found), variances(expected), within: 1e-4, "\(call): the variance")
  }

  /// Protects groups of one and the same number: results and gradients are finite, and results are
  /// beta.
  @Test(arguments: [
    "layer_norm", "layer_norm(over: channels)", "rms_norm", "group_norm(2)",
    "instance_norm",
  ])
  func constantGroups(_ call: String) throws {
    let text = Self.normalizing(call)
    let harness = try PluginHarness(CompilerFixture.plugin(text, .inspection(.float)))
    harness.learned = Self.plain(harness)
    var sample = Sample(try CompilerFixture.compile(text).model, count: 3, seed: 42)
    for value in [0, 12345.678, 1e-20, -3e9] {
      sample.inputs = sample.inputs.map { _ in value }
      let found = harness.gradient(sample)
      let size = call == "rms_norm" ? 1.001 : 1e-3
      #expect(found.status == 0 && found.outputs.allSatisfy { abs($0) <= size }, "\(value)")
      let gradient = try harness.values("x.gradient", count: 3)
      #expect(gradient.allSatisfy { $0.isFinite }, "\(value)")
    }
  }

  /// A model that does nothing else.
  private static func normalizing(_ call: String) -> String {
    """
    model numerics {
      input x: [4, 9, 70]
      target t: [4, 9, 70]
      y = x | \(call)
      loss linear_regression(y, t)
    }
    training {
      batch 3
    }
    """
  }

  /// gamma 1 and beta 0.
  private static func plain(_ harness: PluginHarness) -> [String: [Double]] {
    harness.learned.map { name, values in
      (name, values.map { _ in name.hasSuffix("gamma") ? 1 : 0 })
    }.reduce(into: [:]) { $0[$1.0] = $1.1 }
  }
}
