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
    let width = max(
      4, (counts.max() ?? 0).description.count + 1, (classes - 1).description.count + 1)
    let header = "target".padded(to: 8) + (0..<classes).map { $0.right(width) }.joined()
    let rows = (0..<classes).map { target in
      target.right(6) + "  "
        + (0..<classes).map { self[target: target, predicted: $0].right(width) }.joined()
    }
    return ([header] + rows).joined(separator: "\n")
  }
}

extension Int {
  /// The digits, at the right end of `width` columns.
  fileprivate func right(_ width: Int) -> String {
    let digits = String(self)
    return String(repeating: " ", count: Swift.max(0, width - digits.count)) + digits
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
