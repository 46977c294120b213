/// An output and the target that it is held against: what metrics are of.
package struct Judgement: Hashable, Sendable {
  /// By their indices in the plugin.
  package let output, target: Int
  /// Above which number the one output of a network for two classes says the second.
  package let threshold: Double
}

extension PluginDescription {
  /// What the losses compare, each once, in their order.
  package var judgements: [Judgement] {
    losses.reduce(into: []) { judgements, loss in
      guard !judgements.contains(where: { $0.output == loss.output && $0.target == loss.target })
      else { return }
      judgements.append(
        Judgement(
          output: loss.output, target: loss.target, threshold: loss.isOfLogit ? 0 : 0.5))
    }
  }
}

// What networks of one input, target and output have; of others the first, which the first loss
// compares.
extension PluginDescription {
  package var inputName: String { inputs[0].name }
  package var targetName: String { targets[0].name }
  package var outputName: String { outputs[0].name }
  /// One example's, as the two below: [channels, height, width] or [features].
  package var inputShape: [Int] { inputs[0].shape }
  package var outputShape: [Int] { outputs[0].shape }
  /// Of classes their positions; empty where an example has one class.
  package var targetShape: [Int] { targets[0].shape }
  /// The number of classes, or nil where the target is real values.
  package var classes: Int? { targets[0].classes }
  /// Above which number the one output of a network for two classes says the second.
  package var threshold: Double { losses.first?.isOfLogit == true ? 0 : 0.5 }
  /// The class that does not count, where there is one.
  package var ignoredClass: Int? { targets[0].ignored }
  /// Numbers, or classes, of one example's target.
  package var targetCount: Int { targets[0].count }
  /// Numbers of one example's input.
  package var inputCount: Int { inputs[0].count }
  /// Numbers of one example's output.
  package var outputCount: Int { outputs[0].count }
}
