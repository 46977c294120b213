import Diagnostics

/// What a metric came to over some examples.
package struct MetricResult: Hashable, Sendable, Encodable {
  package let metric: Metric
  package let value: Value
  /// What a number is the share of, where it is one.
  package let share: Share?
  /// What it is of, where a network has several targets.
  package let target: String?

  /// The metric's word, with what it is of before it: `accuracy`, `digit.accuracy`.
  package var name: String { (target.map { $0 + "." } ?? "") + metric.name }

  /// So many of so many.
  package struct Share: Hashable, Sendable {
    package let part, whole: Int
  }

  /// One number, one for each class or label, or the whole matrix.
  package enum Value: Hashable, Sendable {
    case number(Double?)
    /// Of each class, where the examples say it; the mean of these is the metric's number.
    case classes([Double?])
    /// The same of each label.
    case labels([Double?])
    case matrix(ConfusionMatrix)
  }

  package init(_ metric: Metric, _ value: Value, share: Share? = nil, target: String? = nil) {
    self.metric = metric
    self.value = value
    self.share = share
    self.target = target
  }

  /// The number; nil of a matrix, and where the examples do not say it: the recall of a class
  /// without examples.
  package var number: Double? {
    switch value {
    case .number(let number): return number
    case .classes(let numbers), .labels(let numbers):
      let known = numbers.compactMap { $0 }
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    case .matrix: return nil
    }
  }

  /// A number, null, or an object of the `mean` and the numbers of `classes` or `labels`; a matrix as rows.
  package func encode(to encoder: any Encoder) throws {
    switch value {
    case .number(let number):
      var container = encoder.singleValueContainer()
      try container.encode(number)
    case .classes(let numbers):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(number, forKey: .mean)
      try container.encode(numbers, forKey: .classes)
    case .labels(let numbers):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(number, forKey: .mean)
      try container.encode(numbers, forKey: .labels)
    case .matrix(let matrix):
      var container = encoder.singleValueContainer()
      try container.encode(matrix.rows)
    }
  }

  private enum CodingKeys: String, CodingKey { case mean, classes, labels }
}

/// Results under the names of their metrics.
package struct MetricResults: Hashable, Sendable, Encodable {
  package var all: [MetricResult]

  package init(_ all: [MetricResult] = []) { self.all = all }

  /// What the metric came to, of the first target that it fits.
  package subscript(metric: Metric) -> MetricResult? { all.first { $0.metric == metric } }

  /// What the metric of that name came to.
  package subscript(name: String) -> MetricResult? { all.first { $0.name == name } }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    for result in all { try container.encode(result, forKey: Name(result.name)) }
  }
}
