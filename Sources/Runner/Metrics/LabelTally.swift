/// What metrics of labels are made of, any of which an example may have.
struct LabelTally {
  /// Above which number an output says that the example has its label.
  private let threshold: Double
  private let keepsScores: Bool
  private var count = 0
  /// Of each label, how many examples were told right, had it, were said to have it, and both.
  private var right, had, said, found: [Int]
  /// Of each label, what the outputs were, and whether the examples had it.
  private var scores: [[Double]]
  private var truths: [[Bool]]

  init(outputs: Int, threshold: Double, keepsScores: Bool) {
    self.threshold = threshold
    self.keepsScores = keepsScores
    right = Array(repeating: 0, count: outputs)
    (had, said, found) = (right, right, right)
    scores = Array(repeating: [], count: keepsScores ? outputs : 0)
    truths = Array(repeating: [], count: keepsScores ? outputs : 0)
  }

  /// Adds an example, which has a label where its target is above one half.
  mutating func add(_ outputs: [Double], _ targets: [Double]) {
    count += 1
    for (label, (output, target)) in zip(outputs, targets).enumerated() {
      let (saysSo, isSo) = (output > threshold, target > 0.5)
      if saysSo == isSo { right[label] += 1 }
      if isSo { had[label] += 1 }
      if saysSo { said[label] += 1 }
      if saysSo, isSo { found[label] += 1 }
      guard keepsScores else { continue }
      scores[label].append(output)
      truths[label].append(isSo)
    }
  }

  /// What a metric of labels came to, of each label but for the accuracy; nil of one of classes or of
  /// values.
  func value(of metric: Metric) -> MetricResult.Value? {
    switch metric {
    case .accuracy:
      share(of: metric).map { .number($0.whole > 0 ? Double($0.part) / Double($0.whole) : nil) }
    case .precision: .labels(zip(found, said).map(Self.share))
    case .recall: .labels(zip(found, had).map(Self.share))
    case .f1:
      .labels(zip(found, zip(said, had)).map { Self.share(2 * $0, of: $1.0 + $1.1) })
    case .auc: .labels(zip(scores, truths).map(areaUnderCurve))
    case .top, .confusion, .meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError, .r2: nil
    }
  }

  /// How many labels of how many were told right.
  func share(of metric: Metric) -> MetricResult.Share? {
    guard metric == .accuracy else { return nil }
    return MetricResult.Share(part: right.reduce(0, +), whole: count * right.count)
  }

  private static func share(_ part: Int, of whole: Int) -> Double? {
    whole > 0 ? Double(part) / Double(whole) : nil
  }
}
