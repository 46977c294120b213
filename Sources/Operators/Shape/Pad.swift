import IR

/// Numbers around a value: `pad(1)`, `pad([0, 1, 2], after: [0, 0, 1], mode: reflect)`.
///
///     y[c, i, j] = x[c, i - before[1], j - before[2]] within x; outside
///       constant: value
///       edge:     the nearest number of x
///       reflect:  the number as far within x, the edge not repeated
package struct Pad: Operation {
  private static let counts = Parameter.Accepted.anyOf([
    .whole(0...Limits.dimension.upperBound),
    .list(of: .whole(0...Limits.dimension.upperBound), counts: Limits.ranks),
  ])
  private static let beforeKey = Key<[Int]>(
    parameter: Parameter(
      name: "before", accepts: counts, fallback: nil,
      meaning: "numbers before each axis, as a list; one number is for all axes but channels"),
    fallback: nil, read: \.wholes)
  private static let afterKey = Key<[Int]>(
    parameter: Parameter(
      name: "after", accepts: counts, fallback: "before", meaning: "the same behind each axis"),
    fallback: nil, read: \.wholes)
  private static let modeKey = Key<Mode>.choice(
    "mode", default: .constant, "what the numbers are: value, or those of the edge or within it")
  private static let valueKey = Key.real("value", default: 0, "the constant")

  package static let definition = Definition<any Operation>(
    "pad", "numbers around a value", positional: [beforeKey.parameter],
    keyed: [afterKey.parameter, modeKey.parameter, valueKey.parameter]
  ) { arguments throws(ArgumentError) in
    let before = try arguments.value(beforeKey)
    let mode = try arguments.value(modeKey)
    if arguments.given(valueKey) != nil, mode != .constant {
      throw ArgumentError(
        "value", "is for 'mode: constant', and this is \(mode.rawValue)",
        help: "take one of them out")
    }
    return Pad(
      before: before, after: arguments.given(afterKey) ?? before, mode: mode,
      value: try arguments.value(valueKey))
  }

  package enum Mode: String, CaseIterable, Sendable {
    case constant, edge, reflect
  }

  package let keyword = "pad"
  /// By axis; one number is for all axes but the first, or for that of a vector.
  let before, after: [Int]
  let mode: Mode
  let value: Double

  package var attributes: [AttributeValue] {
    [
      AttributeValue(Self.beforeKey, before), AttributeValue(Self.afterKey, after),
      AttributeValue(Self.modeKey, mode.rawValue), AttributeValue(Self.valueKey, value),
    ]
  }

  /// How many numbers before and after each axis of a value of `shape`.
  func margins(of shape: Shape) throws(ShapeError) -> (before: [Int], after: [Int]) {
    (try spread(before, over: shape), try spread(after, over: shape))
  }

  private func spread(_ counts: [Int], over shape: Shape) throws(ShapeError) -> [Int] {
    let rank = shape.dimensions.count
    if counts.count == rank { return counts }
    guard counts.count == 1 else {
      throw ShapeError(
        "pad has \(counts.count) numbers, \(counts), for the \(rank) \(rank == 1 ? "axis" : "axes") "
          + "of \(shape)",
        help: rank == 1
          ? "a vector has one number before its axis: 'pad(\(counts[0]))'"
          : "one number stands for all axes but the first; a list has \(rank), one for each")
    }
    return [0] + [Int](repeating: counts[0], count: rank - 1)
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    let shape = operands[0]
    let (before, after) = try margins(of: shape)
    for (axis, size) in shape.dimensions.enumerated()
    where mode == .reflect && max(before[axis], after[axis]) >= size {
      throw ShapeError(
        "pad's reflection of \(max(before[axis], after[axis])) needs more numbers than the \(size) that "
          + "\(shape) has along \(Axis.names(of: shape)[axis])",
        help: size > 1
          ? "\(size - 1) at most, or 'mode: edge'"
          : "one number has no neighbour to mirror: 'mode: edge'")
    }
    return Shape(shape.dimensions.indices.map { before[$0] + shape.dimensions[$0] + after[$0] })
  }

  package var formula: String {
    let outside =
      switch mode {
      case .constant: ScalarExpression.constant(value).formula
      case .edge: "the nearest number of x"
      case .reflect: "x mirrored at its edges"
      }
    return "y holds x behind \(before) numbers of each axis; around it \(outside)"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let sizes = inputs.shapes[0].dimensions
    guard let before = try? margins(of: inputs.shapes[0]).before else { return [] }
    return inputs.reading { index, x in
      var source = index
      for axis in sizes.indices {
        let place = index[axis] - before[axis]
        switch mode {
        case .constant:
          if !(0..<sizes[axis]).contains(place) { return value }
          source[axis] = place
        case .edge: source[axis] = min(max(place, 0), sizes[axis] - 1)
        case .reflect:
          let inside = abs(place)
          source[axis] = inside < sizes[axis] ? inside : 2 * (sizes[axis] - 1) - inside
        }
      }
      return x(source)
    }
  }
}
