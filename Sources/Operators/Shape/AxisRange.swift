import IR

/// What is taken of an axis.
struct AxisRange: Hashable, Sendable {
  var axis: Int
  /// The first place.
  var start: Int
  /// How many places.
  var count: Int
  /// From one to the next.
  var step = 1

  /// The shape of what is taken of a value of `shape`.
  func shape(of shape: Shape) -> Shape {
    var dimensions = shape.dimensions
    dimensions[axis] = count
    return Shape(dimensions)
  }

  func reference(_ inputs: ReferenceInputs) -> [Double] {
    inputs.reading { index, x in
      var source = index
      source[axis] = start + step * index[axis]
      return x(source)
    }
  }
}
