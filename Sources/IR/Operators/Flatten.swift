/// An image as a vector, channels outermost: `flatten`. Nothing moves: the layout is the same.
public struct Flatten: Operator {
  public static let keyword = "flatten"

  /// An image as a vector.
  public init() {}

  public func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    Shape([operands[0].elementCount])
  }

  public var formula: String { "y[n, (c * height + i) * width + j] = x[n, c, i, j]" }
}
