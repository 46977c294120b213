import IR
import Verification

/// What a plugin found against what the naive network finds.
///
/// How exact it must be depends on the model: a batch norm of two numbers that hardly differ makes
/// much of their rounding. So the naive network is computed once more, each number moved by some
/// roundings, and what changes is allowed.
struct NaiveComparison {
  private let training, evaluation: Expected

  /// Outputs and loss of a pass, and what rounding may change in them, relatively.
  private struct Expected {
    let outputs: [[Double]]
    let loss: Double
    let outputNoise: [Double]
    let lossNoise: Double

    init(_ network: NaiveNetwork, _ sample: Sample, training: Bool) {
      let values = network.values(sample, training: training)
      let operands = network.model.outputs
      outputs = operands.map { values[$0] }
      loss = network.loss(sample, values, training: training)
      var disturbed = network
      disturbed.disturbance = 0x1p-49
      let moved = disturbed.values(sample, training: training)
      outputNoise = operands.map { error(moved[$0], values[$0]) }
      lossNoise = error([disturbed.loss(sample, moved, training: training)], [loss])
    }
  }

  /// With the naive network of these parameters and running statistics.
  init(_ model: Model, tensors: [String: [Double]], _ sample: Sample) {
    let network = NaiveNetwork(model: model, tensors: tensors)
    training = Expected(network, sample, training: true)
    evaluation = Expected(network, sample, training: false)
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
    var parts = [("loss", [found.loss], [expected.loss], expected.lossNoise)]
    for (index, noise) in expected.outputNoise.enumerated() {
      let what = "output \(index)"
      parts.append((what, found.allOutputs[index], expected.outputs[index], noise))
    }
    for (what, found, expected, noise) in parts {
      let off = error(found, expected)
      let allowed = 1e-12 + 8 * noise
      if !(off < allowed) {
        mistakes.append("\(what) off by \(off), where \(allowed) is allowed")
      }
    }
    return mistakes
  }
}
