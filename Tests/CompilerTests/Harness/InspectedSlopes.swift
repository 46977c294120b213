import IR
import Testing
import Verification

/// The gradients of an inspected step, against central differences of its own loss.
struct InspectedSlopes {
  private let harness: PluginHarness
  private let model: Model
  private let sample: Sample
  /// What the loss, reported as a sum, is multiplied by to be what the gradient is of.
  private let scale: Double
  /// How much rounding moves the loss.
  private let noise: Double

  init(_ harness: PluginHarness, _ model: Model, _ sample: Sample) {
    self.harness = harness
    self.model = model
    self.sample = sample
    scale = model.reduction == .mean ? 1 / Double(sample.count) : 1
    noise = scale * 0x1p-51 * max(abs(harness.gradient(sample).loss), 1)
  }

  /// Expects the slopes of some numbers of each parameter and each input, at a step that visits all of
  /// their rows and columns.
  ///
  /// - Parameter most: Of how many numbers of a large gradient, about.
  func expect(most: Int) throws {
    #expect(harness.gradient(sample).status == 0)
    var found: [String: [Double]] = [:]
    for name in harness.parameterNames { found[name] = try harness.gradient(of: name) }
    // None is taken of what a training sees another image of in each epoch.
    let inputGradients = try (model.augments ? [] : model.inputs).map {
      try harness.values("\($0.name).gradient", count: sample.count)
    }
    let floor = largest(found.values)
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
      expect(name, found[name] ?? [], floor: floor, most: most) { index, step in
        harness[name][index] = values[index] + step
        defer { harness[name][index] = values[index] }
        return harness.gradient(sample).loss
      }
    }
    for (input, gradient) in inputGradients.enumerated() {
      expect(model.inputs[input].name, gradient, floor: floor, most: most) { index, step in
        var moved = sample
        moved.allInputs[input][index] += step
        return harness.gradient(moved).loss
      }
    }
  }

  /// Holds some numbers of `gradient` against slopes of the loss, which `lossAt` gives of a number's place
  /// and what it is moved by.
  private func expect(
    _ name: String, _ gradient: [Double], floor: Double, most: Int,
    _ lossAt: (_ index: Int, _ step: Double) -> Double
  ) {
    // A gradient that cancels is as wrong as rounding makes what it is the difference of.
    let size = largest([gradient]) > 1e-8 * floor ? largest([gradient]) : floor
    let difference = CentralDifference(noise: noise, tolerance: 1e-7 * size)
    for index in stride(from: 0, to: gradient.count, by: max(1, gradient.count / most | 1)) {
      let mistake = difference.mistake(gradient[index]) { scale * lossAt(index, $0) }
      if let mistake { Issue.record("\(name)[\(index)] of \(sample.count) \(mistake)") }
    }
  }
}
