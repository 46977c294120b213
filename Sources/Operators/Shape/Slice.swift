import IR

/// A part of an axis: `slice(channels, start: 4, end: 8)`.
///
///     y[.., k, ..] = x[.., start + step * k, ..]
///
/// `end` is the first place that is not taken, as in PyTorch.
package struct Slice: Operation {
  private static let axisKey = Key<Axis>.axis("axis", default: nil, "the axis that is cut")
  private static let startKey = Key.whole(
    "start", in: 0...(Limits.elements - 1), default: 0, "the first place that is taken")
  private static let endKey = Key.whole(
    "end", in: 1...Limits.elements, says: "size", "the first place that is not")
  private static let stepKey = Key.whole(
    "step", in: 1...Limits.elements, default: 1, "from one place that is taken to the next")

  package static let definition = Definition<any Operation>(
    "slice", "a part of an axis", positional: [axisKey.parameter],
    keyed: [startKey.parameter, endKey.parameter, stepKey.parameter]
  ) { arguments throws(ArgumentError) in
    Slice(
      axis: try arguments.value(axisKey), start: try arguments.value(startKey),
      end: arguments.given(endKey), step: try arguments.value(stepKey))
  }

  package let keyword = "slice"
  let axis: Axis
  let start: Int
  /// nil where it is the axis's end.
  let end: Int?
  let step: Int

  package var attributes: [AttributeValue] {
    [
      AttributeValue(Self.axisKey, axis), AttributeValue(Self.startKey, start),
      AttributeValue(Self.endKey, end.map(String.init) ?? "size"),
      AttributeValue(Self.stepKey, step),
    ]
  }

  func range(of shape: Shape) throws(ShapeError) -> AxisRange {
    let axis = try axis.index(in: shape, for: keyword)
    let size = shape.dimensions[axis]
    let end = end ?? size
    guard start < end else {
      throw ShapeError(
        "slice takes nothing of \(shape): it starts at \(start) and ends at \(end)",
        help:
          "'start' is the first that is taken, from 0 on, and 'end' the first that is not, \(size) at "
          + "most")
    }
    guard end <= size else {
      throw ShapeError(
        "slice ends at \(end), and \(shape) has \(size) along \(Axis.names(of: shape)[axis])",
        help: "\(size) at most, which is meant where 'end' is left out")
    }
    return AxisRange(axis: axis, start: start, count: (end - start + step - 1) / step, step: step)
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    try range(of: operands[0]).shape(of: operands[0])
  }

  package var formula: String {
    "y[.., k, ..] = x[.., \(start) + \(step) * k, ..] along axis \(axis)"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    (try? range(of: inputs.shapes[0]))?.reference(inputs) ?? []
  }
}
