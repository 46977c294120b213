import IR

/// An image as a vector, channels outermost: `flatten`. Nothing moves: the layout is the same.
package struct Flatten: ViewOperation {
  package static let definition = Definition<any Operation>(
    "flatten", "an image as a vector, channels outermost"
  ) { _ in Flatten() }

  package let keyword = "flatten"

  package init() {}

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    Shape([operands[0].elementCount])
  }

  package var formula: String { "y[n, (c * height + i) * width + j] = x[n, c, i, j]" }

  package func reference(_ inputs: ReferenceInputs) -> [Double] { inputs.operands[0] }
}
