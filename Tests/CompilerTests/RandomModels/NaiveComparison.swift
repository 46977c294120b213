import IR
import Verification

/// What a plugin found against what the naive network finds.
struct NaiveComparison {
  private let training, evaluation: ExpectedPass

  /// With the naive network of these parameters and running statistics.
  init(_ model: Model, tensors: [String: [Double]], _ sample: Sample) {
    let network = NaiveNetwork(model: model, tensors: tensors)
    training = ExpectedPass(network, sample, training: true)
    evaluation = ExpectedPass(network, sample, training: false)
  }

  /// Whether there is anything to compare with.
  var isFinite: Bool { training.loss.isFinite && evaluation.loss.isFinite }

  /// What is wrong with outputs and loss of a pass over the sample.
  func mistakes(_ found: PluginHarness.Outcome, training: Bool) -> [String] {
    let expected = training ? self.training : evaluation
    var mistakes: [String] = []
    if found.status != 0 {
      mistakes.append("status \(found.status), layer \(found.layer ?? "none")")
    }
    var parts = [("loss", [found.loss], [expected.loss], expected.allowedOfLoss)]
    for (index, allowed) in expected.allowedOfOutputs.enumerated() {
      parts.append(
        ("output \(index)", found.allOutputs[index], expected.outputs[index], allowed))
    }
    for (what, found, expected, allowed) in parts {
      let off = error(found, expected)
      if !(off < allowed) {
        mistakes.append("\(what) off by \(off), where \(allowed) is allowed")
      }
    }
    return mistakes
  }
}
