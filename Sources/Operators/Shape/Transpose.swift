import IR

/// The axes in another order: `transpose(axes: [2, 1, 3])`.
///
///     y[i, j, k] = x[j, i, k]
///
/// The result's axis `a` is the operand's axis `axes[a]`, as PyTorch's permute has it.
package struct Transpose: Operation {
  static let axesKey = Key<[Axis]>(
    parameter: Parameter(
      name: "axes", accepts: .list(of: Axis.accepted, counts: Limits.ranks), fallback: nil,
      meaning: "the operand's axes in the order in which the result has them"),
    fallback: nil
  ) {
    guard case .list(let axes) = $0 else { return nil }
    return axes.compactMap(Axis.init)
  }

  package static let definition = Definition<any Operation>(
    "transpose", "the axes in another order", positional: [axesKey.parameter]
  ) { arguments throws(ArgumentError) in Transpose(axes: try arguments.value(axesKey)) }

  package let keyword = "transpose"
  let axes: [Axis]

  package var attributes: [AttributeValue] { [AttributeValue(Self.axesKey, list)] }

  private var list: String { "[\(axes.map(\.description).joined(separator: ", "))]" }

  /// The operand's axis that each of the result's is.
  func order(in shape: Shape) throws(ShapeError) -> [Int] {
    var order: [Int] = []
    for axis in axes { order.append(try axis.index(in: shape, for: keyword)) }
    guard order.sorted() == Array(shape.dimensions.indices) else {
      throw ShapeError(
        "transpose takes each axis of \(shape) once, and \(list) does not",
        help: Self.advice(order, shape))
    }
    return order
  }

  /// What is wrong with `order` for `shape`.
  private static func advice(_ order: [Int], _ shape: Shape) -> String {
    let missing = shape.dimensions.indices.filter { !order.contains($0) }.map { "\($0 + 1)" }
    if missing.isEmpty { return "\(shape.dimensions.count) axes, each one once" }
    return missing.count == 1
      ? "axis \(missing[0]) is left out" : "axes \(missing.joined(separator: ", ")) are left out"
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    Shape(try order(in: operands[0]).map { operands[0].dimensions[$0] })
  }

  package var formula: String { "y has the axes \(list) of x" }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    guard let order = try? order(in: inputs.shapes[0]) else { return [] }
    return inputs.reading { index, x in
      var source = index
      for (axis, place) in zip(order, index) { source[axis] = place }
      return x(source)
    }
  }
}
