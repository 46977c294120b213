import Diagnostics

/// What tells one epoch from a better one: the loss of its test, or a metric.
package struct Monitor: Hashable, Sendable {
  /// Nil where it is the loss.
  package let metric: Metric?

  /// The smaller the better.
  package static let loss = Monitor(metric: nil)

  private static let lossName = "loss"

  private init(metric: Metric?) { self.metric = metric }

  /// What `word` names: `loss`, or one of the metrics.
  ///
  /// - Throws: a failure that says which there are, where there is no such metric, where it fits
  ///   none of the network's targets, or where it is no number.
  package init(_ word: String, for description: PluginDescription) throws(Failure) {
    if word == Self.lossName {
      self = .loss
      return
    }
    let words = Metric.fitting(description).filter { $0 != .confusion }.map(\.name)
    let help = "name one of " + ([Self.lossName] + words).joined(separator: ", ")
    let metrics: [Metric]
    do {
      metrics = try Metric.list(word, for: description)
    } catch {
      throw Failure(error.what, help: help)
    }
    guard metrics.count == 1, metrics[0] != .confusion else {
      throw Failure(
        "an epoch is judged by one number, and '\(word.prefix(40))' is not one",
        help: help)
    }
    self.init(metric: metrics[0])
  }

  /// The accuracy where the network has classes, else the loss.
  package static func usual(for description: PluginDescription) -> Monitor {
    description.targets.contains { $0.classes != nil } ? Monitor(metric: .accuracy) : .loss
  }

  /// Its word.
  package var name: String { metric?.name ?? Self.lossName }

  /// What it is called among a network's results: `accuracy`, or of several targets `label.accuracy`.
  package func resultName(of description: PluginDescription) -> String {
    guard let metric else { return name }
    let judgement = description.judgements.first {
      metric.misfit($0, of: description) == nil
    }
    let prefix = judgement.flatMap(description.name(of:))
    return (prefix.map { $0 + "." } ?? "") + name
  }

  /// Whether more of it is better.
  package var isBetterLarger: Bool { metric?.isBetterLarger ?? false }

  /// What `evaluation` came to, of the first target that the metric fits; nil where it does not say,
  /// as the recall of classes without examples.
  package func value(of evaluation: Evaluation) -> Double? {
    guard let metric else { return evaluation.loss }
    return evaluation.metrics[metric]?.number
  }

  /// Whether `value` is better than `other`; a number is better than none.
  package func isBetter(_ value: Double?, than other: Double?) -> Bool {
    guard let value, !value.isNaN else { return false }
    guard let other else { return true }
    return isBetterLarger ? value > other : value < other
  }
}

extension Metric {
  /// Whether more of it is better: of shares it is, of errors it is not.
  package var isBetterLarger: Bool {
    switch self {
    case .accuracy, .top, .precision, .recall, .f1, .confusion, .auc, .r2: true
    case .meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError: false
    }
  }
}
