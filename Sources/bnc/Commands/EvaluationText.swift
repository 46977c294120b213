import Diagnostics
import Runner

/// What `bnc evaluate` prints: the loss, a line for each number, a table of what is told of each
/// class, and the confusion matrix.
struct EvaluationText: CustomStringConvertible {
  private let evaluation: Evaluation

  init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  var description: String {
    let results = evaluation.metrics.all
    return
      (["loss \(shortest(evaluation.loss, digits: 12))\n"] + results.compactMap(line)
      + [classes].compactMap { $0 }
      + results.compactMap {
        if case .matrix(let matrix) = $0.value { "\(matrix)" } else { nil }
      }).joined()
  }

  private func line(_ result: MetricResult) -> String? {
    let name = result.metric.name
    switch result.value {
    case .matrix: return nil
    case .classes: return "\(name) \(Self.text(result.number)), the mean over the classes\n"
    case .number(let number):
      guard let share = result.share else { return "\(name) \(Self.text(number))\n" }
      return "\(name) \(Self.text(number)) (\(share.part) of \(share.whole))\n"
    }
  }

  /// A row for each class, a column for each metric that tells them apart.
  private var classes: String? {
    var columns: [(name: String, numbers: [Double?])] = []
    for result in evaluation.metrics.all {
      if case .classes(let numbers) = result.value {
        columns.append((result.metric.name, numbers))
      }
    }
    guard let count = columns.first?.numbers.count else { return nil }
    var table = TextTable(.right, rows: [["class"] + columns.map(\.name)])
    for label in 0..<count {
      table.append(["\(label)"] + columns.map { Self.text($0.numbers[label]) })
    }
    return table.text
  }

  /// A number, or a dash where the examples do not say it.
  private static func text(_ number: Double?) -> String {
    number.map { shortest($0, digits: 6) } ?? "-"
  }
}
