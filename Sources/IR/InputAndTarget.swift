import Diagnostics

/// `input image: [1, 28, 28]`
package struct Input: Hashable, Sendable {
  /// Its name in the model file.
  package var name: String
  /// The shape of one example.
  package var shape: Shape
  /// Where it stands.
  package var range: SourceRange

  /// An input of `shape`.
  package init(name: String, shape: Shape, range: SourceRange) {
    self.name = name
    self.shape = shape
    self.range = range
  }
}

/// `target digit: class(10)` or `target value: [1]`
package struct Target: Hashable, Sendable {
  /// Its name in the model file.
  package var name: String
  /// What one example's target is.
  package var kind: Kind
  /// Where it stands.
  package var range: SourceRange

  /// What one example's target is.
  package enum Kind: Hashable, Sendable {
    /// One of `count` classes, a whole number from 0 to `count - 1`; at each position of a shape
    /// where there is one.
    case classes(count: Int, positions: [Int] = [])
    /// Real numbers.
    case values(Shape)

    /// How many classes there are; 0 where the target is real values.
    package var classCount: Int { if case .classes(let count, _) = self { count } else { 0 } }

    /// Numbers, or classes, of one example.
    package var elementCount: Int {
      switch self {
      case .classes(_, let positions): positions.reduce(1, *)
      case .values(let shape): shape.elementCount
      }
    }
  }

  /// A target of `kind`.
  package init(name: String, kind: Kind, range: SourceRange) {
    self.name = name
    self.kind = kind
    self.range = range
  }
}
