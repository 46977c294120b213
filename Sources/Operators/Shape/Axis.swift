import IR

/// An axis of a value: by its word, or by its number, counted from 0, the batch left out.
enum Axis: Hashable, Sendable, CustomStringConvertible {
  case number(Int)
  case word(String)

  /// What may stand for one.
  static let accepted = Parameter.Accepted.wholeOr(0...(Limits.ranks.upperBound - 1), words)

  private static let words = ["channels", "features", "length", "depth", "height", "width"]

  /// The axis that a constant is.
  init?(_ constant: Constant) {
    switch constant {
    case .number(let value): self = .number(Int(value))
    case .word(let word): self = .word(word)
    case .flag, .list, .unknown: return nil
    }
  }

  /// The key `axis`.
  static func key(default fallback: Axis? = nil, _ meaning: String) -> Key<Axis> {
    Key(
      parameter: Parameter(
        name: "axis", accepts: accepted, fallback: fallback?.description, meaning: meaning),
      fallback: fallback, read: Axis.init)
  }

  var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .word(let word): word
    }
  }

  /// The axis's number in a value of `shape`.
  func index(in shape: Shape, of keyword: String) throws(ShapeError) -> Int {
    let known = Self.names(of: shape)
    let found =
      switch self {
      case .number(let number): known.indices.contains(number) ? number : nil as Int?
      case .word("channels"): 0
      case .word(let word): known.firstIndex(of: word)
      }
    if let found { return found }
    let axes = known.enumerated().map { "\($1) (\($0))" }.joined(separator: ", ")
    throw ShapeError("\(keyword) finds no axis \(self) in \(shape), which has \(axes)")
  }

  /// What the axes of a value are called.
  static func names(of shape: Shape) -> [String] {
    switch shape.dimensions.count {
    case 1: ["features"]
    case 2: ["channels", "length"]
    case 3: ["channels", "height", "width"]
    default: ["channels", "depth", "height", "width"]
    }
  }
}

extension Constant {
  /// The whole numbers of a list; of a number the one that it is.
  var wholes: [Int]? {
    switch self {
    case .number(let value): Int(exactly: value).map { [$0] }
    case .list(let values):
      values.reduce([] as [Int]?) { numbers, value in
        guard case .number(let number) = value, let whole = Int(exactly: number) else { return nil }
        return numbers.map { $0 + [whole] }
      }
    case .flag, .word, .unknown: nil
    }
  }
}

extension ReferenceInputs {
  /// The result of which number `[i, j, …]` is what `number` makes of the index, given the first
  /// operand's number at an index.
  func reading(
    _ number: (_ index: [Int], _ x: ([Int]) -> Double) -> Double
  ) -> [Double] {
    (0..<count).flatMap { example in
      indices(of: result).map { index in
        number(index) { self.number(of: 0, at: $0, in: example) }
      }
    }
  }

  /// A number of operand `operand`.
  func number(of operand: Int, at index: [Int], in example: Int) -> Double {
    let shape = shapes[operand]
    let place = zip(shape.dimensions, index).reduce(0) { $0 * $1.0 + $1.1 }
    return operands[operand][example * shape.elementCount + place]
  }

  /// All indices of a value, in order.
  func indices(of shape: Shape) -> [[Int]] {
    shape.dimensions.reduce([[]]) { indices, size in
      indices.flatMap { index in (0..<size).map { index + [$0] } }
    }
  }
}
