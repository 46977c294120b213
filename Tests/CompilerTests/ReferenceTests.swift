import Foundation
import Lowering
import Runner
import Testing
import Verification

@testable import Driver

/// bnc's numbers against those that PyTorch computed in double. The files in Tests/References/Data
/// are written by `python3 Tests/References/make_reference.py`.
@Suite struct ReferenceTests {
  private static let data = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("References/Data").path
  static let singleSteps = [
    "residual", "shared_value", "dropped_cells", "input_norm", "overlapping_pools", "wide_padding",
    "arithmetic", "excitation", "moves", "sequences", "four_axes", "within_examples", "by_axis",
    "same_of_tensorflow", "dilation", "groups", "of_sequences", "ceil", "ceil_of_counted_padding",
    "global_means", "global_maxima", "transposed", "transposed_groups", "activations",
    "padding_modes", "padding_modes_of_sequences", "padding_past_the_kernel", "running_statistics",
    "like_other_frameworks",
    "two_halves", "two_halves_first", "eps_on_deviation", "no_batchnorm", "stride2",
    "batch_of_one", "one_number_a_channel", "every_padding", "conventions",
  ]

  /// Protects training from end to end on every target that this machine runs: three steps of the
  /// reference network, the last one of a short batch, and an evaluation after them.
  @Test(arguments: Targets.runnable, [Precision.double, .float])
  func threeSteps(_ target: TargetMachine, _ precision: Precision) throws {
    let (text, tensors) = try Self.load("reference")
    let plan = PlanOptions(target: target, precision: precision)
    let harness = try PluginHarness(CompilerFixture.plugin(text, plan), threads: 2)
    for name in harness.savedNames { harness[name] = try tensors("start/\(name)") }
    let tolerance = precision == .double ? 1e-9 : 1e-4
    var sample = Sample(inputs: [], labels: [])
    for step in 1...3 {
      sample = Sample(
        // The files hold bytes; the model's scale is 1 / 255.
        inputs: try tensors("step\(step)/inputs").map { $0 * 0.00392156862745098 },
        labels: try tensors("step\(step)/labels").map { Int32($0) })
      let found = harness.train(sample, rate: 0.05)
      #expect(found.status == 0)
      expectClose(
        [found.loss], try tensors("step\(step)/loss"), within: tolerance, "loss of step \(step)")
      for name in harness.savedNames {
        expectClose(
          harness[name], try tensors("step\(step)/\(name)"), within: tolerance,
          "\(name) after step \(step)")
      }
      harness.poisonScratch()
    }
    let found = harness.evaluate(sample)
    expectClose(
      found.outputs, try tensors("evaluation/outputs"), within: tolerance, "evaluation")
    expectClose([found.loss], try tensors("evaluation/loss"), within: tolerance, "evaluation")
  }

  /// Of these a gradient all but cancels: that of a factor right before a normalization, whose eps alone
  /// it shows through. What is left of it has no digits in float.
  static let cancelling = ["two_halves", "one_number_a_channel"]

  /// Protects an inspected step, with the batch's statistics and with the running ones.
  @Test(
    arguments: singleSteps.map { ($0, Precision.double) }
      + singleSteps.filter { !cancelling.contains($0) }.map { ($0, .float) })
  func singleStep(_ name: String, _ precision: Precision) throws {
    let (text, tensors) = try Self.load(name)
    let harness = try PluginHarness(CompilerFixture.plugin(text, .inspection(precision)))
    let sample = Sample(
      inputs: try tensors("inputs"), labels: try tensors("labels").map { Int32($0) })
    let tolerance = precision == .double ? 1e-9 : 1e-4
    for mode in ["evaluate", "train"] {
      for name in harness.savedNames { harness[name] = try tensors("start/\(name)") }
      let found = harness.gradient(sample, training: mode == "train")
      #expect(found.status == 0)
      expectClose([found.loss], try tensors("\(mode)/loss"), within: tolerance, "\(mode) loss")
      expectClose(found.outputs, try tensors("\(mode)/outputs"), within: tolerance, mode)
      let expected = try Dictionary(
        uniqueKeysWithValues: (harness.parameterNames + ["x.gradient"]).map {
          ($0, try tensors("\(mode)/gradients/\($0)"))
        })
      let floor = largest(expected.values)
      for (name, gradient) in expected {
        let found =
          name == "x.gradient"
          ? try harness.values(name, count: sample.count) : try harness.gradient(of: name)
        expectClose(found, gradient, within: tolerance, floor: floor, "\(mode) gradient \(name)")
      }
      guard mode == "train" else { continue }
      for name in harness.savedNames where !harness.parameterNames.contains(name) {
        expectClose(harness[name], try tensors("train/state/\(name)"), within: tolerance, name)
      }
    }
  }

  /// Protects a network of several inputs, targets, outputs and losses: each output, each loss, and the
  /// gradients of all parameters and inputs. Tests/References/make_several.py writes what it is held
  /// against.
  @Test(arguments: [Precision.double, .float])
  func severalInputsAndOutputs(_ precision: Precision) throws {
    let (text, tensors) = try Self.load("several_values")
    let model = try CompilerFixture.compile(text).model
    let harness = try PluginHarness(CompilerFixture.plugin(text, .inspection(precision)))
    var sample = Sample(model, count: 16, seed: 1)
    sample.allInputs = try model.inputs.map { try tensors("inputs/\($0.name)") }
    sample.allTargets = try model.targets.map { target in
      let numbers = try tensors("targets/\(target.name)")
      if case .values = target.kind { return .values(numbers) }
      return .labels(numbers.map { Int32($0) })
    }
    let tolerance = precision == .double ? 1e-9 : 1e-4
    for mode in ["evaluate", "train"] {
      for name in harness.savedNames { harness[name] = try tensors("start/\(name)") }
      let found = harness.gradient(sample, training: mode == "train")
      #expect(found.status == 0)
      expectClose([found.loss], try tensors("\(mode)/loss"), within: tolerance, "\(mode) loss")
      let losses = zip([1, 0.5, 0.25, 2], try tensors("\(mode)/losses")).map { $0 * $1 }
      expectClose(found.losses, losses, within: tolerance, "\(mode) losses")
      for (name, values) in zip(["logits", "where", "map", "odds"], found.allOutputs) {
        expectClose(values, try tensors("\(mode)/outputs/\(name)"), within: tolerance, name)
      }
      let expected = try Dictionary(
        uniqueKeysWithValues: harness.parameterNames.map {
          ($0, try tensors("\(mode)/gradients/\($0)"))
        })
      for (name, gradient) in expected {
        // That of a bias before a batch norm is 0 but for rounding.
        expectClose(
          try harness.gradient(of: name), gradient, within: tolerance,
          floor: largest(expected.values), "\(mode) gradient \(name)")
      }
      for input in model.inputs {
        expectClose(
          try harness.values("\(input.name).gradient", count: sample.count),
          try tensors("\(mode)/gradients/\(input.name)"), within: tolerance,
          "\(mode) gradient \(input.name)")
      }
    }
    for name in harness.savedNames where !harness.parameterNames.contains(name) {
      expectClose(harness[name], try tensors("train/state/\(name)"), within: tolerance, name)
    }
  }

  /// A reference's model and its tensors.
  private static func load(_ name: String) throws -> (text: String, (String) throws -> [Double]) {
    let text = try String(contentsOfFile: "\(data)/\(name).bn", encoding: .utf8)
    let file = try SafeTensors("\(data)/\(name).safetensors")
    return (
      text,
      { name in
        guard let tensor = try file.tensor(name) else { throw Missing(name: name) }
        return tensor.values
      }
    )
  }

  private struct Missing: Error { let name: String }
}
