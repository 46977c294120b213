/// The sum of two values of one shape: `a + b`. Both operands' gradients are dy.
package struct Add: Operator {
  package static let keyword = "add"

  /// The sum of two values.
  package init() {}

  package func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    guard operands[0] == operands[1] else {
      throw ShapeError(
        "+ needs two values of one shape, and these are \(operands[0]) and \(operands[1])")
    }
    return operands[0]
  }

  package var formula: String { "y = a + b" }
}
