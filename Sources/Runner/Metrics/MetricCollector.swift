/// Gathers what metrics need, example by example, in double.
struct MetricCollector {
  private let metrics: [Metric]
  private var classes: ClassTally?
  private var values: ValueTally?

  /// A collector for a network.
  init(_ metrics: [Metric], for description: PluginDescription) {
    if let classes = description.classes {
      self.init(
        metrics, classes: classes,
        threshold: description.outputCount == 1 ? description.threshold : nil)
    } else {
      self.init(metrics, outputs: description.outputCount)
    }
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

  /// A collector of real values, so many of each example.
  init(_ metrics: [Metric], outputs: Int) {
    self.metrics = metrics
    values = ValueTally(outputs: outputs)
  }

  /// Adds what the network makes of an example, or of one position of it, and its class.
  mutating func add(scores: [Double], label: Int) { classes?.add(scores, label) }

  /// Adds what the network makes of an example, and what it should be.
  mutating func add(outputs: [Double], targets: [Double]) { values?.add(outputs, targets) }

  /// What the metrics came to.
  var results: MetricResults {
    MetricResults(
      metrics.map { metric in
        MetricResult(
          metric, classes?.value(of: metric) ?? values?.value(of: metric) ?? .number(nil),
          share: classes?.share(of: metric))
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
