import IR

/// One of the parts that an axis is split into: `part(1, of: 2)` is the first half of the channels,
/// `part(2, of: [3, 5], axis: 3)` the last five columns of eight.
package struct Part: Operation {
  private static let numberKey = Key.whole(
    "number", in: 1...Limits.dimension.upperBound, "which part, from 1 on")
  private static let ofKey = Key<[Int]>(
    parameter: Parameter(
      name: "of",
      accepts: .anyOf([
        .whole(Limits.dimension), .list(of: .whole(Limits.dimension), counts: 1...4096),
      ]), fallback: nil, meaning: "into how many equal parts the axis is split, or the parts' sizes"
    ),
    fallback: nil
  ) {
    if case .number = $0 { return $0.wholes.map { [-$0[0]] } }
    return $0.wholes
  }
  private static let axisKey = Key<Axis>.axis("axis", "the axis that is split")

  package static let definition = Definition<any Operation>(
    "part", "one of the parts that an axis is split into", positional: [numberKey.parameter],
    keyed: [ofKey.parameter, axisKey.parameter]
  ) { arguments throws(ArgumentError) in
    let (number, sizes) = (try arguments.value(numberKey), try arguments.value(ofKey))
    let count = sizes[0] < 0 ? -sizes[0] : sizes.count
    guard number <= count else {
      throw ArgumentError(
        "number", "is at most the number of parts, \(count), and here it is \(number)",
        help: "parts are counted from 1 on: the last one is \(count)")
    }
    return Part(
      number: number, count: count, sizes: sizes[0] < 0 ? nil : sizes,
      axis: try arguments.value(axisKey))
  }

  package let keyword = "part"
  /// From 1 on.
  let number: Int
  let count: Int
  /// nil where all are of one size.
  let sizes: [Int]?
  let axis: Axis

  package var attributes: [AttributeValue] {
    [
      AttributeValue(Self.numberKey, number),
      AttributeValue(Self.ofKey, sizes.map { "\($0)" } ?? "\(count)"),
      AttributeValue(Self.axisKey, axis),
    ]
  }

  func range(of shape: Shape) throws(ShapeError) -> AxisRange {
    let axis = try axis.index(in: shape, for: keyword)
    let (size, name) = (shape.dimensions[axis], Axis.names(of: shape)[axis])
    guard let sizes else {
      guard size % count == 0 else {
        throw ShapeError(
          "\(shape) has \(size) along \(name), which are not \(count) equal parts",
          help: size > count && count <= 12
            ? "the parts' sizes can be a list: 'of: \(nearlyEqual(size).map(String.init).listed)'"
            : "\(Divisors.words(of: size)) would be equal parts")
      }
      let each = size / count
      return AxisRange(axis: axis, start: (number - 1) * each, count: each)
    }
    let sum = sizes.reduce(0, +)
    guard sum == size else {
      throw ShapeError(
        "parts of \(sizes.map(String.init).listed) are \(sum), and \(shape) has \(size) along \(name)",
        help: sum < size
          ? "another part of \(size - sum) makes them whole; 'slice' takes a range alone"
          : "sizes that are \(size) together")
    }
    return AxisRange(
      axis: axis, start: sizes.prefix(number - 1).reduce(0, +), count: sizes[number - 1])
  }

  /// `count` sizes that add up to `size`, the larger ones first.
  private func nearlyEqual(_ size: Int) -> [Int] {
    (0..<count).map { size / count + ($0 < size % count ? 1 : 0) }
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    try range(of: operands[0]).shape(of: operands[0])
  }

  package var formula: String { "y is part \(number) of \(count) of x along \(axis)" }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    (try? range(of: inputs.shapes[0]))?.reference(inputs) ?? []
  }
}
