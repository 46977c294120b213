import Glibc
import Testing

@testable import Runner

/// Metrics against formulas written another way: pairs counted one by one, lists sorted and
/// filtered.
@Suite struct MetricTests {
  /// Scores of three classes and the right ones; the scores are of few values, so that many tie.
  private static let examples: [(scores: [Double], label: Int)] = {
    var generator = RandomGenerator(seed: 3, purpose: .points, index: 0)
    return (0..<200).map { _ in
      let label = Int(generator.below(3))
      var scores = (0..<3).map { _ in Double(generator.below(6)) }
      scores[label] += Double(generator.below(3))
      return (scores, label)
    }
  }()

  private static func collected(
    _ metrics: [Metric], _ examples: [(scores: [Double], label: Int)], classes: Int = 3,
    threshold: Double? = nil
  ) -> MetricResults {
    var collector = MetricCollector(metrics, classes: classes, threshold: threshold)
    for (scores, label) in examples { collector.add(scores: scores, label: label) }
    return collector.results
  }

  /// The class of the largest score, the first of equals.
  private static func answer(_ scores: [Double]) -> Int {
    scores.firstIndex(of: scores.max() ?? 0) ?? 0
  }

  /// Protects accuracy, the counts of the confusion matrix, and precision, recall and F1 of each
  /// class.
  @Test func classes() throws {
    let metrics: [Metric] = [.accuracy, .confusion, .precision, .recall, .f1]
    let results = Self.collected(metrics, Self.examples)
    let answers = Self.examples.map { (Self.answer($0.scores), $0.label) }
    let right = answers.filter { $0.0 == $0.1 }.count
    #expect(results[.accuracy]?.number == Double(right) / 200)
    guard case .matrix(let matrix)? = results[.confusion]?.value,
      case .classes(let precisions)? = results[.precision]?.value,
      case .classes(let recalls)? = results[.recall]?.value,
      case .classes(let f1s)? = results[.f1]?.value
    else {
      Issue.record("a metric has another form")
      return
    }
    for target in 0..<3 {
      for predicted in 0..<3 {
        #expect(
          matrix[target: target, predicted: predicted]
            == answers.filter { $0 == (predicted, target) }.count)
      }
      let both = Double(answers.filter { $0 == (target, target) }.count)
      let precision = both / Double(answers.filter { $0.0 == target }.count)
      let recall = both / Double(answers.filter { $0.1 == target }.count)
      #expect(precisions[target] == precision && recalls[target] == recall)
      let f1 = try #require(f1s[target])
      #expect(abs(f1 - 2 * precision * recall / (precision + recall)) < 1e-15)
    }
  }

  /// Protects classes that nothing is, and that nothing is taken for: they have no number, and the
  /// mean leaves them out.
  @Test func emptyClasses() {
    let results = Self.collected(
      [.precision, .recall, .f1, .auc], [([1, 0, 0], 0), ([1, 0, 0], 1)])
    #expect(results[.precision]?.value == .classes([0.5, nil, nil]))
    #expect(results[.recall]?.value == .classes([1, 0, nil]))
    #expect(results[.f1]?.value == .classes([2.0 / 3, 0, nil]))
    #expect(results[.recall]?.number == 0.5)
    #expect(results[.auc]?.value == .classes([0.5, 0.5, nil]))
    #expect(Self.collected([.accuracy], [])[.accuracy]?.number == nil)
  }

  /// Protects metrics of labels, of which an example may have any: each is counted by itself, here by the
  /// definitions, pair by pair; a label that no example has, or that is never said, has no number.
  @Test func labels() {
    let outputs: [[Double]] = [[2, -1, -3], [0.5, 1, -2], [-1, 3, -1], [1, -2, -4]]
    let targets: [[Double]] = [[1, 0, 0], [0, 1, 0], [1, 1, 0], [1, 0, 0]]
    var collector = MetricCollector(
      [.accuracy, .precision, .recall, .f1, .auc, .meanSquaredError], outputs: 3, threshold: 0)
    for (output, target) in zip(outputs, targets) {
      collector.add(outputs: output, targets: target)
    }
    let results = collector.results
    #expect(results[.accuracy]?.number == 10.0 / 12)
    #expect(results[.accuracy]?.share == MetricResult.Share(part: 10, whole: 12))
    #expect(results[.precision]?.value == .labels([2.0 / 3, 1, nil]))
    #expect(results[.recall]?.value == .labels([2.0 / 3, 1, nil]))
    #expect(results[.f1]?.value == .labels([2.0 / 3, 1, nil]))
    // Of the first label 2 and 1 lie above the one that is not so, and -1 below.
    #expect(results[.auc]?.value == .labels([2.0 / 3, 1, nil]))
    #expect(results[.meanSquaredError]?.number != nil)
  }

  /// Protects targets that hold shares of classes: an example is what it has most of, also at each of
  /// several positions, and the errors are of the softmax, by the definitions.
  @Test func shares() throws {
    // Two positions, so that a class has two numbers side by side.
    let outputs: [[Double]] = [[2, 0, 1, 1, -1, 3], [0, 0.5, 4, -2, 1, 0]]
    let targets: [[Double]] = [[0.5, 0.1, 0.3, 0.2, 0.2, 0.7], [0.6, 0, 0.4, 0.1, 0, 0.9]]
    var collector = MetricCollector(
      [.accuracy, .top(2), .confusion, .meanSquaredError, .meanAbsoluteError],
      shares: 3, positions: 2)
    for (output, target) in zip(outputs, targets) {
      collector.add(outputs: output, targets: target)
    }
    let results = collector.results
    // Said are 0 and 2, then 1 and 0; right are 0 and 2, then 0 and 2.
    #expect(results[.accuracy]?.share == MetricResult.Share(part: 2, whole: 4))
    #expect(results[.top(2)]?.share == MetricResult.Share(part: 3, whole: 4))
    guard case .matrix(let matrix)? = results[.confusion]?.value else {
      Issue.record("the confusion has another form")
      return
    }
    #expect(matrix[target: 0, predicted: 1] == 1 && matrix[target: 2, predicted: 0] == 1)
    var (squares, sizes) = (0.0, 0.0)
    for (output, target) in zip(outputs, targets) {
      for position in 0..<2 {
        let powers = (0..<3).map { exp(output[2 * $0 + position]) }
        for k in 0..<3 {
          let error = powers[k] / powers.reduce(0, +) - target[2 * k + position]
          (squares, sizes) = (squares + error * error, sizes + abs(error))
        }
      }
    }
    #expect(abs(try #require(results[.meanSquaredError]?.number) - squares / 12) < 1e-15)
    #expect(abs(try #require(results[.meanAbsoluteError]?.number) - sizes / 12) < 1e-15)
  }

  /// Protects the area under the curve where probabilities are equal or almost 1: logits that differ by
  /// what all of an example's have in common rank alike, and those that a rounded probability would make
  /// equal do not.
  @Test func areaOfEqualsAndOfTheCertain() {
    let examples: [(scores: [Double], label: Int)] = (0..<60).map { index in
      let common = Double(index) * 0.1
      return ([common + 1, common, common + Double(index % 2)], index % 3)
    }
    guard case .classes(let areas)? = Self.collected([.auc], examples)[.auc]?.value else {
      Issue.record("the area has another form")
      return
    }
    // The first two classes have two different odds only, as often of one class as of another.
    #expect(areas == [0.5, 0.5, 0.5])
    let certain = Self.collected([.auc], [([50, 0, 0], 0), ([49, 0, 0], 1), ([0, 0, 9], 2)])
    #expect(certain[.auc]?.value == .classes([1, 0.5, 1]))
  }

  /// Protects the likeliest few: the first of equals is the likelier one.
  @Test func likeliest() {
    let results = Self.collected([.top(1), .top(2), .top(3), .accuracy], Self.examples)
    #expect(results[.top(1)]?.number == results[.accuracy]?.number)
    let found = Self.examples.filter { scores, label in
      let order = (0..<3).sorted { (-scores[$0], $0) < (-scores[$1], $1) }
      return order.prefix(2).contains(label)
    }
    #expect(results[.top(2)]?.number == Double(found.count) / 200)
    #expect(results[.top(3)]?.number == 1)
  }

  /// Protects the area under the curve: the pairs of a positive and a negative counted one by one, by what
  /// a softmax makes of the logits, to which something that all of an example's share says nothing.
  @Test func areaOfEachClass() throws {
    // No two are equal, which roundings would tell apart.
    var generator = RandomGenerator(seed: 5, purpose: .points, index: 0)
    let examples = Self.examples.map { example in
      (scores: example.scores.map { $0 + generator.uniform(0, 0.1) }, label: example.label)
    }
    let moved = examples.enumerated().map { index, example in
      (scores: example.scores.map { $0 + Double(index * 37 % 11) }, label: example.label)
    }
    guard case .classes(let areas)? = Self.collected([.auc], moved)[.auc]?.value else {
      Issue.record("the area has another form")
      return
    }
    for label in 0..<3 {
      let scores = examples.map { scores, own in
        (exp(scores[label]) / scores.reduce(0) { $0 + exp($1) }, own == label)
      }
      #expect(abs(try #require(areas[label]) - Self.pairs(scores)) < 1e-14)
    }
  }

  /// Protects the area where there are two classes, by two outputs and by one.
  @Test(arguments: [true, false])
  func areaOfTwoClasses(_ hasOneOutput: Bool) throws {
    let examples = Self.examples.map { scores, label in
      (hasOneOutput ? [scores[1] - scores[0]] : [scores[0], scores[1]], label == 1 ? 1 : 0)
    }
    let results = Self.collected(
      [.auc, .accuracy], examples, classes: 2, threshold: hasOneOutput ? 0 : nil)
    let whole = Self.pairs(
      Self.examples.map { scores, label in (scores[1] - scores[0], label == 1) })
    #expect(abs(try #require(results[.auc]?.number) - whole) < 1e-14)
    let right = Self.examples.filter { ($0.scores[1] > $0.scores[0]) == ($0.label == 1) }.count
    #expect(results[.accuracy]?.number == Double(right) / 200)
  }

  /// The share of pairs in which the positive one scores higher, ties half.
  private static func pairs(_ scores: [(score: Double, isPositive: Bool)]) -> Double {
    var (sum, count) = (0.0, 0.0)
    for positive in scores where positive.isPositive {
      for negative in scores where !negative.isPositive {
        count += 1
        if positive.score > negative.score { sum += 1 }
        if positive.score == negative.score { sum += 0.5 }
      }
    }
    return sum / count
  }

  /// Protects the errors of values and the coefficient of determination, far from 0 too, where
  /// squares of the targets would have no digits left.
  @Test(arguments: [0, 1e8])
  func values(_ offset: Double) throws {
    var generator = RandomGenerator(seed: 4, purpose: .points, index: 0)
    let rows = (0..<50).map { _ in
      (0..<2).map { _ in (offset + generator.normal(), offset + generator.normal()) }
    }
    var collector = MetricCollector(
      [.meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError, .r2], outputs: 2)
    for row in rows { collector.add(outputs: row.map(\.0), targets: row.map(\.1)) }
    let results = collector.results
    let errors = rows.flatMap { $0.map { $0.0 - $0.1 } }
    let squared = errors.map { $0 * $0 }.reduce(0, +) / 100
    func expect(_ metric: Metric, _ value: Double, within tolerance: Double = 1e-13) throws {
      let found = try #require(results[metric]?.number)
      #expect(abs(found - value) < tolerance, "\(metric.name)")
    }
    try expect(.meanAbsoluteError, errors.map(abs).reduce(0, +) / 100)
    try expect(.meanSquaredError, squared)
    try expect(.rootMeanSquaredError, squared.squareRoot())
    let shares = (0..<2).map { k in
      let targets = rows.map { $0[k].1 }
      let mean = targets.map { $0 - offset }.reduce(0, +) / 50 + offset
      let spread = targets.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
      let rest = rows.map { ($0[k].0 - $0[k].1) * ($0[k].0 - $0[k].1) }.reduce(0, +)
      return 1 - rest / spread
    }
    // The targets themselves have 8 digits after the point at 1e8.
    try expect(.r2, (shares[0] + shares[1]) / 2, within: offset == 0 ? 1e-12 : 1e-6)
  }

  /// Protects targets that are all alike: there is nothing to explain.
  @Test func constantTargets() {
    var collector = MetricCollector([.r2], outputs: 1)
    for value in [1.0, 2] { collector.add(outputs: [value], targets: [3]) }
    #expect(collector.results[.r2]?.number == nil)
  }

  /// Protects the words of metrics.
  @Test func words() {
    for word in ["accuracy", "top1", "top5", "confusion", "auc", "r2", "mean_absolute_error"] {
      #expect(Metric(word)?.name == word)
    }
    for word in ["", "top", "top0", "top-1", "top05", "Accuracy", "mse"] {
      #expect(Metric(word) == nil)
    }
  }
}
