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
  /// The augmentations that move it in training as they move an input, in their order.
  package var moves: [AnyOperation] = []
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

extension Target {
  /// What is moved of a target that has something for each place of an image or a sequence:
  /// `[channels, height, width]` or `[channels, length]`, of classes one channel. nil where it has none.
  package var image: Shape? {
    switch kind {
    case .classes(_, let positions): positions.isEmpty ? nil : Shape([1] + positions)
    case .values(let shape): shape.dimensions.count > 1 ? shape : nil
    }
  }
}

extension Model {
  /// The class that comes in from outside where target `index` is moved: the one that none of its
  /// losses counts, or else the first.
  package func classOutside(ofTarget index: Int) -> Int { losses.ignored(by: index) ?? 0 }
}
