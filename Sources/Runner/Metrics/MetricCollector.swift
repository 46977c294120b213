/// Gathers what metrics need, example by example, in double.
struct MetricCollector {
  private let metrics: [Metric]
  /// The target's name, where the network has several.
  private var target: String?
  private var classes: ClassTally?
  private var labels: LabelTally?
  private var values: ValueTally?

  /// What makes probabilities of outputs, before these are compared with real values.
  private var probabilities: PluginLoss.Probabilities?
  /// For how many positions of an example there are shares of classes; nil where the target has none.
  private var sharePositions: Int?

  /// Whether there is anything to gather.
  var isUsed: Bool { !metrics.isEmpty }

  /// A collector of those metrics that fit what `judgement` compares.
  init(_ metrics: [Metric], for judgement: Judgement, of description: PluginDescription) {
    let output = description.outputs[judgement.output]
    let target = description.targets[judgement.target]
    let fitting = metrics.filter { $0.misfit(judgement, of: description) == nil }
    switch (judgement.kind, description.classes(of: judgement)) {
    case (.classes, let classes?):
      self.init(
        fitting, classes: classes, threshold: output.count == 1 ? judgement.threshold : nil)
    case (.shares, let classes?):
      self.init(fitting, shares: classes, positions: target.count / classes)
    default:
      self.init(
        fitting, outputs: output.count,
        threshold: judgement.kind == .labels ? judgement.threshold : nil)
      probabilities = judgement.probabilities
    }
    self.target = description.name(of: judgement)
  }

  /// A collector of classes. Where one output says which of two it is, it says the second above
  /// `threshold`.
  init(_ metrics: [Metric], classes: Int, threshold: Double?) {
    self.metrics = metrics
    self.classes = ClassTally(classes: classes, threshold: threshold, metrics)
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

  /// A collector of what an example, or each of `positions` of it, has of so many classes, which a softmax
  /// of the outputs tells.
  init(_ metrics: [Metric], shares classes: Int, positions: Int) {
    self.metrics = metrics
    values = ValueTally(outputs: classes * positions)
    self.classes = ClassTally(classes: classes, threshold: nil, metrics)
    probabilities = .softmax
    sharePositions = positions
  }

  /// Adds what the network makes of an example, or of one position of it, and its class.
  mutating func add(scores: [Double], label: Int) { classes?.add(scores, label) }

  /// Adds what the network makes of an example, and what it should be.
  mutating func add(outputs: [Double], targets: [Double]) {
    values?.add(
      probabilities?.of(outputs, positions: sharePositions ?? outputs.count) ?? outputs, targets)
    labels?.add(outputs, targets)
    guard let sharePositions else { return }
    for position in 0..<sharePositions {
      func row(_ numbers: [Double]) -> [Double] {
        stride(from: position, to: numbers.count, by: sharePositions).map { numbers[$0] }
      }
      // What an example has most of is what it is.
      classes?.add(row(outputs), ClassTally.predictedClass(row(targets), threshold: nil))
    }
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
