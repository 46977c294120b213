import IR

/// A part of an axis: `slice(channels, start: 4, end: 8)`.
///
///     y[.., k, ..] = x[.., start + step * k, ..]
///
/// `end` is the first place that is not taken, as in PyTorch, and negative places count from the axis's
/// end: `slice(channels, start: -2)` takes the last two.
package struct Slice: Operation {
  private static let axisKey = Key<Axis>.axis("axis", default: nil, "the axis that is cut")
  private static let startKey = Key.whole(
    "start", in: -Limits.elements...(Limits.elements - 1), default: 0,
    "the first place that is taken, from 0 on; -1 is the last of the axis")
  private static let endKey = Key.whole(
    "end", in: -Limits.elements...Limits.elements, says: "size",
    "the first place that is not; -1 leaves the last out")
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
    let places = [start, self.end ?? size].map { $0 < 0 ? size + $0 : $0 }
    let (start, end) = (places[0], places[1])
    guard start >= 0 else {
      throw ShapeError(
        "slice starts at \(self.start), and \(shape) has \(size) along \(Axis.names(of: shape)[axis])",
        help: "-\(size) is the first place; it is meant where 'start' is left out")
    }
    guard start < end else {
      throw ShapeError(
        "slice takes nothing of \(shape): it starts at \(self.start) and ends at \(self.end ?? size)",
        help: "'start' is the first that is taken, from 0 on, and 'end' the first that is not, "
          + "\(size) at most; negative ones count from there")
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
    let first = start < 0 ? "size - \(-start)" : "\(start)"
    return "y[.., k, ..] = x[.., \(first) + \(step) * k, ..] along axis \(axis)"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    (try? range(of: inputs.shapes[0]))?.reference(inputs) ?? []
  }
}
