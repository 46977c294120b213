/// Gathers what metrics need, example by example, in double.
struct MetricCollector {
  private let metrics: [Metric]
  /// The target's name, where the network has several.
  private var target: String?
  private var classes: ClassTally?
  private var labels: LabelTally?
  private var values: ValueTally?

  /// Whether there is anything to gather.
  var isUsed: Bool { !metrics.isEmpty }

  /// A collector of those metrics that fit what `judgement` compares.
  init(_ metrics: [Metric], for judgement: Judgement, of description: PluginDescription) {
    let output = description.outputs[judgement.output]
    let target = description.targets[judgement.target]
    let fitting = metrics.filter { $0.misfit(judgement, of: description) == nil }
    if let classes = target.classes {
      self.init(
        fitting, classes: classes, threshold: output.count == 1 ? judgement.threshold : nil)
    } else {
      self.init(
        fitting, outputs: output.count,
        threshold: judgement.kind == .labels ? judgement.threshold : nil)
    }
    self.target = description.name(of: judgement)
  }

  /// A collector of classes. Where one output says which of two it is, it says the second above
  /// `threshold`.
  init(_ metrics: [Metric], classes: Int, threshold: Double?) {
    self.metrics = metrics
    self.classes = ClassTally(
      classes: classes, threshold: threshold,
      tops: metrics.compactMap { if case .top(let count) = $0 { count } else { nil } },
      keepsScores: metrics.contains(.auc), countsPairs: metrics.contains(where: \.needsPairs))
  }

  /// A collector of real values, so many of each example; of labels where an output above `threshold` says
  /// that the example has one.
  init(_ metrics: [Metric], outputs: Int, threshold: Double? = nil) {
    self.metrics = metrics
    values = ValueTally(outputs: outputs)
    labels = threshold.map {
      LabelTally(outputs: outputs, threshold: $0, keepsScores: metrics.contains(.auc))
    }
  }

  /// Adds what the network makes of an example, or of one position of it, and its class.
  mutating func add(scores: [Double], label: Int) { classes?.add(scores, label) }

  /// Adds what the network makes of an example, and what it should be.
  mutating func add(outputs: [Double], targets: [Double]) {
    values?.add(outputs, targets)
    labels?.add(outputs, targets)
  }

  /// What the metrics came to.
  var results: MetricResults {
    MetricResults(
      metrics.map { metric in
        MetricResult(
          metric,
          classes?.value(of: metric) ?? labels?.value(of: metric) ?? values?.value(of: metric)
            ?? .number(nil),
          share: classes?.share(of: metric) ?? labels?.share(of: metric), target: target)
      })
  }
}

extension Metric {
  /// Whether it is made of how often each class was taken for each other one.
  fileprivate var needsPairs: Bool {
    switch self {
    case .precision, .recall, .f1, .confusion: true
    default: false
    }
  }
}
