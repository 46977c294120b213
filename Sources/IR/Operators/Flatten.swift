/// An image as a vector, channels outermost: `flatten`. Nothing moves: the layout is the same.
package struct Flatten: Operator {
  package static let keyword = "flatten"

  /// An image as a vector.
  package init() {}

  package func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    Shape([operands[0].elementCount])
  }

  package var formula: String { "y[n, (c * height + i) * width + j] = x[n, c, i, j]" }
}
