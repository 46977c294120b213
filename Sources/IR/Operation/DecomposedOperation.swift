/// An operation that the model file has in one word, and the model as two layers.
package protocol DecomposedOperation: Operation {
  /// What is done to an operand of this shape first, and what is left to do; nil where it is one
  /// layer.
  ///
  /// - Throws: `ShapeError` where the operand does not fit.
  func decomposed(for operand: Shape) throws(ShapeError) -> Decomposition?
}

/// The two layers of a `DecomposedOperation`.
package struct Decomposition {
  package let first: any Operation
  package let rest: any Operation

  package init(first: any Operation, rest: any Operation) {
    self.first = first
    self.rest = rest
  }
}
