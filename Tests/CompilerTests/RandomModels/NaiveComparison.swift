import IR

/// What a plugin found against what the naive network finds.
///
/// How exact it must be depends on the model: a batch norm of two numbers that hardly differ makes
/// much of their rounding. So the naive network is computed once more, each number moved by some
/// roundings, and what changes is allowed.
struct NaiveComparison {
  let model: Model
  let tensors: [String: [Double]]
  let sample: Sample

  /// Outputs and loss of a pass.
  private struct Pass {
    var outputs: [Double]
    var loss: Double
  }

  private func pass(
    _ network: NaiveNetwork, _ sample: Sample, training: Bool
  ) -> Pass {
    Pass(
      outputs: network.values(sample, training: training)[model.loss.operand.index],
      loss: network.loss(sample, training: training))
  }

  /// The network, and the same with each number moved by 16 roundings.
  private var networks: (exact: NaiveNetwork, disturbed: NaiveNetwork) {
    let exact = NaiveNetwork(model: model, tensors: tensors)
    var disturbed = exact
    disturbed.disturbance = 0x1p-49
    return (exact, disturbed)
  }

  /// Whether there is anything to compare with.
  var isFinite: Bool {
    [true, false].allSatisfy { networks.exact.loss(sample, training: $0).isFinite }
  }

  /// What is wrong with outputs and loss of a pass over the sample.
  func mistakes(_ found: PluginHarness.Outcome, training: Bool) -> [String] {
    let networks = networks
    let expected = pass(networks.exact, sample, training: training)
    let moved = pass(networks.disturbed, sample, training: training)
    var mistakes: [String] = []
    if found.status != 0 {
      mistakes.append("status \(found.status), layer \(found.layer ?? "none")")
    }
    for (what, found, expected, moved) in [
      ("outputs", found.outputs, expected.outputs, moved.outputs),
      ("loss", [found.loss], [expected.loss], [moved.loss]),
    ] {
      let off = error(found, expected)
      let allowed = 1e-12 + 8 * error(moved, expected)
      if !(off < allowed) {
        mistakes.append("\(what) off by \(off), where \(allowed) is allowed")
      }
    }
    return mistakes
  }
}
