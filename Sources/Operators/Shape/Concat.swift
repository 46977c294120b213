import IR

/// Values one after the other along an axis: `concat(a, b, axis: channels)`.
///
///     y[.., k, ..] = a[.., k, ..] for k < A, b[.., k - A, ..] for A <= k < A + B, …
package struct Concat: Operation {
  private static let axisKey = Key<Axis>.axis(
    "axis", "the axis along which they follow each other")

  package static let definition = Definition<any Operation>(
    Signature(
      "concat", "values one after the other along an axis", operands: ["a", "b"],
      takesMore: true, keyed: [axisKey.parameter])
  ) { arguments throws(ArgumentError) in Concat(axis: try arguments.value(axisKey)) }

  package let keyword = "concat"
  let axis: Axis

  package var attributes: [AttributeValue] { [AttributeValue(Self.axisKey, axis)] }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    let axis = try axis.index(in: operands[0], for: keyword)
    var whole = operands[0].dimensions
    whole[axis] = 0
    for shape in operands {
      var (other, first) = (shape.dimensions, operands[0].dimensions)
      let fits = other.count == first.count
      if fits { (other[axis], first[axis]) = (0, 0) }
      guard fits, other == first else {
        throw ShapeError(
          "concat needs values that differ along \(Axis.names(of: operands[0])[axis]) alone, and these "
            + "are \(operands[0]) and \(shape)",
          help: Self.advice(operands.map(\.dimensions)))
      }
      whole[axis] += shape.dimensions[axis]
    }
    return Shape(whole)
  }

  /// What makes values of these sizes fit.
  private static func advice(_ sizes: [[Int]]) -> String {
    let first = sizes[0]
    guard sizes.allSatisfy({ $0.count == first.count }) else {
      return "'flatten' or 'reshape' gives them as many axes"
    }
    let different = first.indices.filter { axis in sizes.contains { $0[axis] != first[axis] } }
    return different.count == 1
      ? "'axis: \(different[0] + 1)' joins them where they differ"
      : "'slice' makes the larger one smaller, and 'pad' or 'upsample' the smaller one larger"
  }

  package var formula: String { "y holds the operands one after the other along axis \(axis)" }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    guard let axis = try? axis.index(in: inputs.result, for: keyword) else { return [] }
    return (0..<inputs.count).flatMap { example in
      inputs.indices(of: inputs.result).map { index in
        var (index, operand) = (index, 0)
        while index[axis] >= inputs.shapes[operand].dimensions[axis] {
          index[axis] -= inputs.shapes[operand].dimensions[axis]
          operand += 1
        }
        return inputs.number(of: operand, at: index, in: example)
      }
    }
  }
}
