import IR
import Testing
import Verification

@Suite struct OperatorTests {
  /// Protects what each operator computes, in training and in evaluation: every value of the
  /// forward pass and the loss against the formulas, for a full batch and for a short one.
  @Test(arguments: Case.operators + Case.withinExamples + Case.activations + [.network])
  func forward(_ example: Case) throws {
    let model = try CompilerFixture.compile(example.text).model
    let harness = try PluginHarness(CompilerFixture.plugin(example.text, .inspection()), seed: 1)
    for count in [model.training.batch, 2] {
      let sample = Sample(model, count: count, seed: 2)
      for training in [true, false] {
        let naive = NaiveNetwork(model: model, tensors: harness.learned)
        harness.poisonScratch()
        let found = harness.gradient(sample, training: training)
        #expect(found.status == 0)
        let values = naive.values(sample, training: training)
        for (index, layer) in model.layers.enumerated() {
          if layer.op.base is any ViewOperation { continue }
          expectClose(
            try harness.values("\(layer.name).output", count: count), values[.result(of: index)],
            within: 1e-12, "\(layer.name) of \(count)")
        }
        for (index, output) in model.outputs.enumerated() {
          expectClose(
            found.allOutputs[index], values[output], within: 1e-12, "output \(index)")
        }
        if model.losses.count > 1 {
          expectClose(
            found.losses, naive.losses(sample, values, training: training), within: 1e-12, "losses")
        }
        expectClose(
          [found.loss], [naive.loss(sample, training: training)], within: 1e-12, "loss")
      }
    }
  }

  /// Protects every gradient: of each parameter and of the input, in double, through the batch's
  /// statistics, against central differences of the loss.
  @Test(arguments: Case.operators + Case.withinExamples + Case.activations + [.network])
  func gradients(_ example: Case) throws {
    let model = try CompilerFixture.compile(example.text).model
    let harness = try PluginHarness(CompilerFixture.plugin(example.text, .inspection()), seed: 3)
    let count = max(2, model.training.batch - 1)
    var sample = Sample(model, count: count, seed: 4)
    // The loss is reported as a sum; the gradient is of what the model asks for.
    let scale = model.reduction == .mean ? 1 / Double(count) : 1
    #expect(harness.gradient(sample).status == 0)
    var found: [String: [Double]] = [:]
    for name in harness.parameterNames { found[name] = try harness.gradient(of: name) }
    // None is taken of what a training sees another image of in each epoch.
    let inputGradients = try (model.augments ? [] : model.inputs).map {
      try harness.values("\($0.name).gradient", count: count)
    }
    let floor = largest(found.values)
    let noise = scale * 0x1p-51 * max(abs(harness.gradient(sample).loss), 1)

    /// Holds some of a large gradient, at a step that visits all its rows and columns, against slopes of the
    /// loss, which `lossAt` gives of a number's place and what it is moved by.
    func expectSlopes(
      _ name: String, _ gradient: [Double], _ lossAt: (_ index: Int, _ step: Double) -> Double
    ) {
      // A gradient that cancels is as wrong as rounding makes what it is the difference of.
      let size = largest([gradient]) > 1e-8 * floor ? largest([gradient]) : floor
      let difference = CentralDifference(noise: noise, tolerance: 1e-7 * size)
      for index in stride(from: 0, to: gradient.count, by: max(1, gradient.count / 60 | 1)) {
        let mistake = difference.mistake(gradient[index]) { scale * lossAt(index, $0) }
        if let mistake { Issue.record("\(name)[\(index)] \(mistake)") }
      }
    }

    for name in harness.parameterNames {
      let parameters = model.parameters(of: harness.tensor(name).layer ?? 0)
      // Of what does not learn no gradient is taken.
      if parameters.contains(where: { $0.isFrozen && name.hasSuffix(".\($0.name)") }) { continue }
      let held = parameters.filter { $0.held != nil }
      if held.contains(where: { name.hasSuffix($0.name) }) {
        #expect(found[name]?.allSatisfy { $0 == 0 } == true)
        continue
      }
      let values = harness[name]
      expectSlopes(name, found[name] ?? []) { index, step in
        harness[name][index] = values[index] + step
        defer { harness[name][index] = values[index] }
        return harness.gradient(sample).loss
      }
    }
    for (input, gradient) in inputGradients.enumerated() {
      let values = sample.allInputs[input]
      expectSlopes(model.inputs[input].name, gradient) { index, step in
        sample.allInputs[input][index] = values[index] + step
        defer { sample.allInputs[input][index] = values[index] }
        return harness.gradient(sample).loss
      }
    }
  }
}
