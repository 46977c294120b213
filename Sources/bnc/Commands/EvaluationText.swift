import Diagnostics
import Runner

/// What `bnc evaluate` prints: the loss, a line for each number, a table of what is told of each
/// class, and the confusion matrix.
struct EvaluationText: CustomStringConvertible {
  private let evaluation: Evaluation
  private let network: PluginDescription

  private let classNames: [String]

  init(_ evaluation: Evaluation, _ network: PluginDescription, classNames: [String] = []) {
    self.evaluation = evaluation
    self.network = network
    self.classNames = classNames
  }

  var description: String {
    let results = evaluation.metrics.all
    return
      (["loss \(shortest(evaluation.loss, digits: 12))\n"] + parts + results.compactMap(line)
      + [classes].compactMap { $0 }
      + results.compactMap {
        guard case .matrix(let matrix) = $0.value else { return nil }
        return ($0.target.map { "\($0)\n" } ?? "")
          + matrix.text(classNames: classNames)
      }).joined()
  }

  /// A line for each loss, where there are several.
  private var parts: [String] {
    guard evaluation.parts.count > 1 else { return [] }
    let penalties = evaluation.loss - evaluation.parts.reduce(0, +)
    return zip(network.losses, evaluation.parts).map { loss, part in
      "  \(loss.name) of \(network.outputs[loss.output].name) \(shortest(part, digits: 6))\n"
    }
      + (penalties > 1e-6 * evaluation.loss
        ? ["  penalties \(shortest(penalties, digits: 6))\n"] : [])
  }

  private func line(_ result: MetricResult) -> String? {
    let name = result.name
    switch result.value {
    case .matrix: return nil
    case .labels: return "\(name) \(Self.text(result.number)), the mean over the labels\n"
    case .classes: return "\(name) \(Self.text(result.number)), the mean over the classes\n"
    case .number(let number):
      guard let share = result.share else { return "\(name) \(Self.text(number))\n" }
      return "\(name) \(Self.text(number)) (\(share.part) of \(share.whole))\n"
    }
  }

  /// Of each target a row for each class or label, a column for each metric that tells them apart.
  private var classes: String? {
    var tables: [RowsOfTarget] = []
    for result in evaluation.metrics.all {
      let (rows, numbers): (String, [Double?])
      switch result.value {
      case .classes(let found): (rows, numbers) = ("class", found)
      case .labels(let found): (rows, numbers) = ("label", found)
      case .number, .matrix: continue
      }
      if tables.last?.target != result.target || tables.isEmpty {
        tables.append(RowsOfTarget(target: result.target, rows: rows))
      }
      tables[tables.count - 1].columns.append((result.name, numbers))
    }
    return tables.isEmpty ? nil : tables.map(table).joined()
  }

  private struct RowsOfTarget {
    let target: String?
    /// What a row is of.
    let rows: String
    var columns: [(name: String, numbers: [Double?])] = []
  }

  private func table(_ target: RowsOfTarget) -> String {
    var table = TextTable(.right, rows: [[target.rows] + target.columns.map(\.name)])
    for label in 0..<(target.columns.first?.numbers.count ?? 0) {
      let isNamed = target.rows == "class" && classNames.indices.contains(label)
      let name = isNamed ? classNames[label].escapingControls : "\(label)"
      table.append([name] + target.columns.map { Self.text($0.numbers[label]) })
    }
    return table.text
  }

  /// A number, or a dash where the examples do not say it.
  private static func text(_ number: Double?) -> String {
    number.map { shortest($0, digits: 6) } ?? "-"
  }
}
