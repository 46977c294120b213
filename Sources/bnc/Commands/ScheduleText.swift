import Diagnostics
import IR
import Runner

/// What `bnc describe --schedule` says of a model's schedule.
struct ScheduleText {
  private let model: Model
  private let epochs, epochSteps: Int
  /// The learning rate that the schedule starts from.
  private let rate: Double

  /// The schedule of `model` over `epochs` of `epochSteps` steps each.
  ///
  /// - Throws: a failure where the optimizer has no learning rate.
  init(_ model: Model, epochs: Int, epochSteps: Int) throws {
    let optimizer = model.training.optimizer
    guard let rate = optimizer.learningRate?.value else {
      throw Failure("optimizer '\(optimizer.keyword)' has no learning rate")
    }
    self.model = model
    self.epochs = epochs
    self.epochSteps = epochSteps
    self.rate = rate
  }

  private var training: Training { model.training }
  private var schedule: Schedule { training.schedule }
  private var steps: Int { epochs * epochSteps }

  /// What a step has of the schedule: the learning rate or the momentum.
  private typealias Value = (Int) -> Double

  private func rate(at step: Int) -> Double {
    rate * schedule.factor(at: step, of: steps, epochSteps: epochSteps)
  }

  /// Where the schedule changes it.
  private var momentum: Value? {
    schedule.momentum == nil
      ? nil : { schedule.momentum(at: $0, of: steps, epochSteps: epochSteps) ?? 0 }
  }

  /// The learning rate, and the momentum where the schedule changes it, from the first step to the
  /// last.
  var curves: TrainingCurves {
    // A line has two ends, of which one step is both.
    let points = steps == 1 ? [1, 1] : Self.points(1...steps, most: 2000)
    let momenta = momentum.map { points.map($0) }
    return TrainingCurves(
      rates: points.map(rate), momenta: momenta, epochs: epochs, name: schedule.keyword)
  }

  /// The training, the drawing in so many columns, and the numbers in words.
  func description(columns: Int) -> String {
    let passes =
      training.accumulated > 1 ? " in \(training.accumulated) passes of \(training.batch)" : ""
    let drawing = TextPlot(curves, columns: columns, widest: 80, isUnicode: Terminal.isUnicode)
    return """
      \(model.name): \(count(epochs, "epoch")) of \(count(epochSteps, "step")) of up to \
      \(grouped(training.batch * training.accumulated)) examples\(passes), \
      \(training.optimizer.keyword) with a learning rate of \(number(rate))

      \(drawing)
      \(words.joined(separator: "\n"))
      """
  }

  private var words: [String] {
    var lines = [
      "from \(number(rate(at: 1))) in the first step to \(number(rate(at: steps))) in the last, "
        + "\(number(extreme(rate, in: 1...steps, by: >))) at most"
    ]
    if let momentum {
      lines.append(
        "the momentum from \(number(momentum(1))) to \(number(momentum(steps))), "
          + "\(number(extreme(momentum, in: 1...steps, by: <))) at least")
    }
    if let plateau = schedule.plateau {
      lines.append(
        "and falls with the epochs' results, which cannot be known ahead: by a factor of "
          + "\(number(plateau.factor)) each time")
      lines.append(
        "that more than \(count(plateau.patience, "epoch")) in a row have no better "
          + plateau.metric.rawValue
          + (plateau.end > 0 ? ", to \(number(plateau.end * rate)) at least" : ""))
    }
    return lines
  }

  /// The first in order of what the steps of `range` have, found among steps that are ever closer
  /// to each other.
  private func extreme(
    _ value: Value, in range: ClosedRange<Int>, by isBefore: (Double, Double) -> Bool
  ) -> Double {
    let points = Self.points(range, most: 2000)
    let values = points.map(value)
    guard let best = values.indices.min(by: { isBefore(values[$0], values[$1]) }) else { return 0 }
    if points.count == range.count { return values[best] }
    let around = points[max(best - 1, 0)]...points[min(best + 1, points.count - 1)]
    return extreme(value, in: around, by: isBefore)
  }

  /// Numbers evenly from one end of `range` to the other.
  private static func points(_ range: ClosedRange<Int>, most: Int) -> [Int] {
    let count = min(range.count, most)
    if count == range.count { return Array(range) }
    let gap = Double(range.count - 1) / Double(count - 1)
    return (0..<count).map { range.lowerBound + Int((Double($0) * gap).rounded()) }
  }

  private func number(_ value: Double) -> String { shortest(value, digits: 6) }

  private func count(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }
}
