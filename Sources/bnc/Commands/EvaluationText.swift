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
    case .classes: return "\(name) \(Self.text(result.number)), the mean over the classes\n"
    case .number(let number):
      guard let share = result.share else { return "\(name) \(Self.text(number))\n" }
      return "\(name) \(Self.text(number)) (\(share.part) of \(share.whole))\n"
    }
  }

  /// Of each target a row for each class, a column for each metric that tells them apart.
  private var classes: String? {
    var tables: [(target: String?, columns: [(name: String, numbers: [Double?])])] = []
    for result in evaluation.metrics.all {
      guard case .classes(let numbers) = result.value else { continue }
      if tables.last?.target != result.target || tables.isEmpty {
        tables.append((result.target, []))
      }
      tables[tables.count - 1].columns.append((result.name, numbers))
    }
    return tables.isEmpty ? nil : tables.map { table($0.columns) }.joined()
  }

  private func table(_ columns: [(name: String, numbers: [Double?])]) -> String {
    var table = TextTable(.right, rows: [["class"] + columns.map(\.name)])
    for label in 0..<(columns.first?.numbers.count ?? 0) {
      let name =
        classNames.indices.contains(label) ? classNames[label].escapingControls : "\(label)"
      table.append([name] + columns.map { Self.text($0.numbers[label]) })
    }
    return table.text
  }

  /// A number, or a dash where the examples do not say it.
  private static func text(_ number: Double?) -> String {
    number.map { shortest($0, digits: 6) } ?? "-"
  }
}
