import IR

/// The same numbers in the same order under another shape: `reshape([8, 1, 1])`. One size may be
/// left to `infer`. Nothing moves.
package struct Reshape: ViewOperation {
  static let shapeKey = Key<[Int?]>(
    parameter: Parameter(
      name: "shape",
      accepts: .list(of: .wholeOr(Limits.dimension, ["infer"]), counts: Limits.ranks),
      fallback: nil, meaning: "the sizes, outermost first; one may be infer: what is left"),
    fallback: nil
  ) {
    guard case .list(let sizes) = $0 else { return nil }
    return sizes.map { if case .number(let size) = $0 { Int(size) } else { nil } }
  }

  package static let definition = Definition<any Operation>(
    "reshape", "the same numbers in the same order under another shape",
    positional: [shapeKey.parameter]
  ) { arguments throws(ArgumentError) in
    let sizes = try arguments.value(shapeKey)
    let unknown = sizes.count { $0 == nil }
    guard unknown <= 1 else {
      throw ArgumentError(
        "shape", "can leave one size to infer, and this leaves \(unknown)",
        help: "write all sizes but one as numbers")
    }
    return Reshape(sizes: sizes)
  }

  package let keyword = "reshape"
  /// nil for the size that follows from the others.
  let sizes: [Int?]

  package var attributes: [AttributeValue] {
    let words = sizes.map { $0.map(String.init) ?? "infer" }
    return [AttributeValue(Self.shapeKey, "[\(words.joined(separator: ", "))]")]
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    let count = operands[0].elementCount
    var known = 1
    for size in sizes.compactMap({ $0 }) {
      // What is larger than the operand is no more wrong for being larger still.
      known = min(known * size, Limits.elements)
    }
    let words = attributes[0].value
    guard sizes.contains(nil) else {
      guard known == count else {
        throw ShapeError(
          "a reshape keeps all numbers: \(operands[0]) has \(count) of them, and \(words) "
            + (known == Limits.elements ? "too many" : "\(known)"),
          help: fitting(count))
      }
      return Shape(sizes.compactMap { $0 })
    }
    guard known <= count else {
      throw ShapeError(
        "a reshape keeps all numbers: \(operands[0]) has \(count) of them, and the sizes of \(words) "
          + "alone make " + (known == Limits.elements ? "too many" : "\(known)"),
        help: Self.divisors(of: count))
    }
    guard count % known == 0 else {
      throw ShapeError(
        "a reshape keeps all numbers: the \(count) of \(operands[0]) are no multiple of the \(known) "
          + "that \(words) says",
        help: Self.divisors(of: count))
    }
    return Shape(sizes.map { $0 ?? count / known })
  }

  /// What makes sizes fit `count` numbers: `infer` in the place of the last one that the others leave a
  /// whole number for.
  private func fitting(_ count: Int) -> String {
    let known = sizes.compactMap { $0 }
    let place = known.indices.last { place in
      let others = known.indices.filter { $0 != place }.reduce(1) {
        min($0 * known[$1], Limits.elements)
      }
      return count % others == 0
    }
    guard let place else { return Self.divisors(of: count) }
    var words = known.map(String.init)
    words[place] = "infer"
    return "'reshape([\(words.joined(separator: ", "))])' takes what the other sizes leave"
  }

  private static func divisors(of count: Int) -> String {
    "sizes whose product is one of \(count)'s divisors: \(Divisors.words(of: count))"
  }

  package var formula: String { "y holds the numbers of x in their order" }

  package func reference(_ inputs: ReferenceInputs) -> [Double] { inputs.operands[0] }
}
