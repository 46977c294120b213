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

  /// A row for each class.
  package var rows: [[Int]] {
    (0..<classes).map { Array(counts[$0 * classes..<($0 + 1) * classes]) }
  }

  /// Of each class, the share of right ones among what was taken for it; nil where nothing was.
  package var precisions: [Double?] {
    (0..<classes).map { label in
      share(label, of: (0..<classes).reduce(0) { $0 + self[target: $1, predicted: label] })
    }
  }

  /// Of each class, the share of its examples that was taken for it; nil where there are none.
  package var recalls: [Double?] {
    (0..<classes).map { label in
      share(label, of: (0..<classes).reduce(0) { $0 + self[target: label, predicted: $1] })
    }
  }

  /// Of each class, the harmonic mean of precision and recall: twice what is right among what is
  /// the class and what was taken for it. nil where both are nothing.
  package var f1s: [Double?] {
    (0..<classes).map { label in
      let both = (0..<classes).reduce(0) {
        $0 + self[target: label, predicted: $1] + self[target: $1, predicted: label]
      }
      return share(label, of: both).map { 2 * $0 }
    }
  }

  private func share(_ label: Int, of whole: Int) -> Double? {
    whole > 0 ? Double(self[target: label, predicted: label]) / Double(whole) : nil
  }

  /// A row for each class, a column for each answer.
  package var description: String { text(classNames: []) }

  /// The same with names of the classes, where there are some.
  package func text(classNames: [String]) -> String {
    let answers = 0..<classes
    func name(_ label: Int) -> String {
      classNames.indices.contains(label) ? classNames[label].escapingControls : "\(label)"
    }
    var table = TextTable(.right, rows: [["target"] + answers.map(name)])
    for target in 0..<classes {
      table.append([name(target)] + answers.map { "\(self[target: target, predicted: $0])" })
    }
    return table.text
  }
}
