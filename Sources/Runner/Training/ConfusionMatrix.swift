import Diagnostics

/// How often each class was taken for each other one.
package struct ConfusionMatrix: Hashable, Sendable, CustomStringConvertible {
  /// The number of classes.
  package let classes: Int
  private var counts: [Int]

  /// A matrix without examples.
  package init(classes: Int) {
    self.classes = classes
    counts = Array(repeating: 0, count: classes * classes)
  }

  /// How often `target` was taken for `predicted`.
  package subscript(target target: Int, predicted predicted: Int) -> Int {
    get { counts[target * classes + predicted] }
    set { counts[target * classes + predicted] = newValue }
  }

  /// How many examples were taken for what they are.
  package var correct: Int { (0..<classes).reduce(0) { $0 + self[target: $1, predicted: $1] } }

  /// A row for each class, a column for each answer.
  package var description: String {
    let answers = 0..<classes
    var table = TextTable(.right, rows: [["target"] + answers.map(String.init)])
    for target in 0..<classes {
      table.append(["\(target)"] + answers.map { "\(self[target: target, predicted: $0])" })
    }
    return table.text
  }
}
