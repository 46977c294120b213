/// What metrics of real values are made of.
struct ValueTally {
  private let outputs: Int
  private var count = 0.0
  private var absolute = 0.0
  /// Of each output, the sum of the squared errors, the mean of the targets and the sum of their
  /// squared differences from it (Welford, 1962).
  private var squares, means, spreads: [Double]

  init(outputs: Int) {
    self.outputs = outputs
    squares = Array(repeating: 0, count: outputs)
    means = squares
    spreads = squares
  }

  mutating func add(_ found: [Double], _ targets: [Double]) {
    count += 1
    for k in 0..<outputs {
      let error = found[k] - targets[k]
      absolute += abs(error)
      squares[k] += error * error
      let before = targets[k] - means[k]
      means[k] += before / count
      spreads[k] += before * (targets[k] - means[k])
    }
  }

  /// What a metric of values came to; nil of one of classes.
  func value(of metric: Metric) -> MetricResult.Value? {
    guard count > 0 else { return .number(nil) }
    let numbers = count * Double(outputs)
    let squared = squares.reduce(0, +) / numbers
    switch metric {
    case .meanAbsoluteError: return .number(absolute / numbers)
    case .meanSquaredError: return .number(squared)
    case .rootMeanSquaredError: return .number(squared.squareRoot())
    case .r2: return .number(determination)
    case .accuracy, .top, .precision, .recall, .f1, .confusion, .auc: return nil
    }
  }

  /// The mean over those outputs whose targets are not all alike, where there is nothing to explain; nil
  /// where there is no other.
  private var determination: Double? {
    let explained = zip(squares, spreads).filter { $0.1 > 0 }.map { 1 - $0.0 / $0.1 }
    return explained.isEmpty ? nil : explained.reduce(0, +) / Double(explained.count)
  }
}
