/// An output and the target that it is held against: what metrics are of.
package struct Judgement: Hashable, Sendable {
  /// By their indices in the plugin.
  package let output, target: Int
  /// What the target is.
  package let kind: Kind
  /// What makes probabilities of the output, where these are what a target of real values holds.
  package let probabilities: PluginLoss.Probabilities?
  /// Above which number the one output of a network for two classes says the second, and the output of a
  /// label that it is so.
  package let threshold: Double

  /// What outputs are compared with.
  package enum Kind: CaseIterable, Hashable, Sendable {
    /// One class of several.
    case classes
    /// Of each class of several the share that an example has in it, or that there is of it.
    case shares
    /// Labels, any of which an example may have.
    case labels
    /// Real values.
    case values

    /// The word for several of them.
    package var words: String {
      switch self {
      case .classes: "classes"
      case .shares: "probabilities of classes"
      case .labels: "labels"
      case .values: "real values"
      }
    }
  }
}

extension PluginDescription {
  /// What the losses compare, each once, in their order.
  package var judgements: [Judgement] {
    losses.reduce(into: []) { judgements, loss in
      guard !judgements.contains(where: { $0.output == loss.output && $0.target == loss.target })
      else { return }
      // A loss of labels or of logits says what the numbers are, whatever other losses are taken of them.
      let all = losses.filter { $0.output == loss.output && $0.target == loss.target }
      let telling = all.first { $0.isOfLabels || $0.probabilities != nil } ?? loss
      let kind = kind(of: telling)
      judgements.append(
        Judgement(
          output: loss.output, target: loss.target, kind: kind,
          probabilities: kind == .classes ? nil : telling.probabilities,
          threshold: telling.isOfLogit ? 0 : 0.5))
    }
  }

  private func kind(of loss: PluginLoss) -> Judgement.Kind {
    let target = targets[loss.target]
    if target.classes != nil { return .classes }
    if loss.isOfLabels { return .labels }
    // As many numbers as the target has, of two classes at least.
    let isOfClasses = target.count == outputs[loss.output].count && (target.shape.first ?? 0) > 1
    return loss.probabilities == .softmax && isOfClasses ? .shares : .values
  }

  /// How many classes what `judgement` compares has; nil where it has none.
  func classes(of judgement: Judgement) -> Int? {
    let target = targets[judgement.target]
    return judgement.kind == .shares ? target.shape.first : target.classes
  }

  /// Whether the numbers of target `index` are labels.
  func hasLabels(target index: Int) -> Bool {
    judgements.contains { $0.target == index && $0.kind == .labels }
  }

  /// What the results of a judgement are called beside those of others: by its target, or by output
  /// and target where the target is compared with several outputs; nil where it is the only one.
  func name(of judgement: Judgement) -> String? {
    guard judgements.count > 1 else { return nil }
    let target = targets[judgement.target].name
    let isCompared = judgements.filter { $0.target == judgement.target }.count > 1
    return isCompared ? "\(outputs[judgement.output].name).\(target)" : target
  }
}
