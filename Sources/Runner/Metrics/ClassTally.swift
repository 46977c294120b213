import Glibc

/// What metrics of classes are made of.
struct ClassTally {
  private let classes: Int
  /// Above which number one output says the second class; nil where each class has its own.
  private let threshold: Double?
  private let keepsScores: Bool
  private var count = 0
  private var correct = 0
  /// How many examples had their class among so many likeliest.
  private var tops: [Int: Int]
  private var confusion: ConfusionMatrix?
  private var scores: [[Double]] = []
  private var labels: [Int] = []

  /// What `metrics` need of so many classes. Where one output says which of two it is, it says the
  /// second above `threshold`.
  init(classes: Int, threshold: Double?, _ metrics: [Metric]) {
    self.classes = classes
    self.threshold = threshold
    keepsScores = metrics.contains(.auc)
    let tops = metrics.compactMap { if case .top(let count) = $0 { count } else { nil } }
    self.tops = Dictionary(tops.map { ($0, 0) }) { first, _ in first }
    confusion = metrics.contains(where: \.needsPairs) ? ConfusionMatrix(classes: classes) : nil
    if keepsScores { scores = Array(repeating: [], count: threshold == nil ? classes : 1) }
  }

  mutating func add(_ outputs: [Double], _ label: Int) {
    count += 1
    let predicted = Self.predictedClass(outputs, threshold: threshold)
    if predicted == label { correct += 1 }
    confusion?[target: label, predicted: predicted] += 1
    if !tops.isEmpty {
      // Among equals the first is the likelier one.
      let own = outputs[label]
      let ahead = outputs.indices.count { outputs[$0] > own || outputs[$0] == own && $0 < label }
      for top in tops.keys where ahead < top { tops[top, default: 0] += 1 }
    }
    if keepsScores {
      let odds = classes > 2 ? Self.logarithmsOfOdds(outputs) : outputs
      for (index, score) in odds.enumerated() { scores[index].append(score) }
      labels.append(label)
    }
  }

  /// The class of the largest output, the first one among equals; of one output the second class above
  /// `threshold`.
  static func predictedClass(_ outputs: [Double], threshold: Double?) -> Int {
    if let threshold { return outputs[0] > threshold ? 1 : 0 }
    var best = 0
    for index in outputs.indices where outputs[index] > outputs[best] { best = index }
    return best
  }

  /// Of each class how likely it is, by which examples are ranked: the logarithm of its softmax against
  /// that of all others, which says more than the probability where that is almost 1.
  ///
  /// Without what is less than a float's digits: equal odds of other logits are equal.
  private static func logarithmsOfOdds(_ logits: [Double]) -> [Double] {
    let best = predictedClass(logits, threshold: nil)
    let largest = logits[best]
    guard largest.isFinite else { return logits }
    let exponentials = logits.map { exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    return logits.indices.map { label in
      let others: Double
      if label == best {
        // All in the sum that is not 1 may be in its last digits.
        let second = logits.indices.lazy.filter { $0 != best }.map { logits[$0] }.max() ?? 0
        others =
          second - largest
          + log(logits.indices.reduce(0) { $1 == best ? $0 : $0 + exp(logits[$1] - second) })
      } else {
        others = log(sum - exponentials[label])
      }
      return ((logits[label] - largest - others) * 0x1p32).rounded() * 0x1p-32
    }
  }

  /// What a metric of classes came to; nil of one of values.
  func value(of metric: Metric) -> MetricResult.Value? {
    switch metric {
    case .accuracy: .number(share(correct))
    case .top(let top): .number(share(tops[top, default: 0]))
    case .precision: confusion.map { .classes($0.precisions) }
    case .recall: confusion.map { .classes($0.recalls) }
    case .f1: confusion.map { .classes($0.f1s) }
    case .confusion: confusion.map { .matrix($0) }
    case .auc: areas
    case .meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError, .r2: nil
    }
  }

  /// How many of how many an accuracy is.
  func share(of metric: Metric) -> MetricResult.Share? {
    switch metric {
    case .accuracy: MetricResult.Share(part: correct, whole: count)
    case .top(let top): MetricResult.Share(part: tops[top, default: 0], whole: count)
    default: nil
    }
  }

  private func share(_ part: Int) -> Double? { count > 0 ? Double(part) / Double(count) : nil }

  /// Of two classes that of the second; of more, that of each class's softmax against all others.
  private var areas: MetricResult.Value {
    if classes == 2 {
      // The second score less the first is what a logit of the second class would be.
      let second =
        threshold == nil ? zip(scores[1], scores[0]).map { $0 - $1 } : scores[0]
      return .number(areaUnderCurve(second, labels.map { $0 == 1 }))
    }
    return .classes(
      (0..<classes).map { label in areaUnderCurve(scores[label], labels.map { $0 == label }) })
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

/// The share of pairs of an example that `isPositive` and one that is not, in which the first has
/// the higher score; equal scores count half. It comes from the ranks: the sum of the positives',
/// equal scores sharing their ranks, less what it would be if these came first (Mann and Whitney,
/// 1947). nil where there are no such pairs.
func areaUnderCurve(_ scores: [Double], _ isPositive: [Bool]) -> Double? {
  let positives = isPositive.count { $0 }
  let negatives = scores.count - positives
  guard positives > 0, negatives > 0 else { return nil }
  let order = scores.indices.sorted { scores[$0] < scores[$1] }
  var ranks = 0.0
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
    let shared = Double(start + 1 + end) / 2
    ranks += shared * Double(order[start..<end].count { isPositive[$0] })
    start = end
  }
  let least = Double(positives) * Double(positives + 1) / 2
  return (ranks - least) / (Double(positives) * Double(negatives))
}
