import Diagnostics

/// An axis of a value as a model says it: `channels`, or a number as PyTorch and ONNX count, from 0
/// for the batch, or from -1 for the last one backwards. Other axes have no words: those would be
/// taken from the constants of models, `width` and `depth`.
package enum Axis: Hashable, Sendable, CustomStringConvertible {
  /// The first axis of an example: the channels of an image, the features of a vector.
  case channels
  /// Not 0, which is the batch.
  case number(Int)

  /// What may stand for one.
  package static let accepted = Parameter.Accepted.wholeOr(
    -Limits.ranks.upperBound...Limits.ranks.upperBound,
    ["channels"])

  /// The axis that `constant` is; nil where it is none that `accepted` takes.
  package init?(_ constant: Constant) {
    switch constant {
    case .number(let value):
      guard let number = Int(exactly: value) else { return nil }
      self = .number(number)
    case .word("channels"): self = .channels
    case .word, .flag, .list, .unknown: return nil
    }
  }

  package var description: String {
    switch self {
    case .channels: "channels"
    case .number(let number): "\(number)"
    }
  }

  /// The axis of one example's `shape`, from 0.
  ///
  /// - Parameter keyword: The operation that asks, for the message.
  /// - Throws: `ShapeError` where the shape has no such axis.
  package func index(in shape: Shape, for keyword: String) throws(ShapeError) -> Int {
    let rank = shape.dimensions.count
    guard case .number(let number) = self else { return 0 }
    let index = number > 0 ? number - 1 : rank + number
    guard number != 0 else {
      throw ShapeError(
        "\(keyword) along axis 0 is along the batch, and no example depends on another",
        help: Self.advice(shape))
    }
    guard (0..<rank).contains(index) else {
      throw ShapeError(
        "\(keyword) along axis \(number) needs such an axis, and this is \(shape)",
        help: Self.advice(shape))
    }
    return index
  }

  /// The numbers of the axes of `shape`, and what they are.
  package static func advice(_ shape: Shape) -> String {
    let names = names(of: shape).enumerated().map { "\($0 + 1), the \($1)" }
    guard names.count > 1 else { return "its only axis is \(names[0])" }
    return "its axes are \(names.joined(separator: "; ")); -1 is the last one"
  }

  /// What messages call the axes of one example's `shape`.
  package static func names(of shape: Shape) -> [String] {
    switch shape.dimensions.count {
    case 1: ["features"]
    case 2: ["channels", "length"]
    case 3: ["channels", "height", "width"]
    default: ["channels", "depth", "height", "width"]
    }
  }
}

extension Key<Axis> {
  /// An axis by its word or number; without a `fallback` it must be given.
  package static func axis(
    _ name: String, default fallback: Axis? = .channels, _ meaning: String
  ) -> Key {
    Key(
      parameter: Parameter(
        name: name, accepts: Axis.accepted, fallback: fallback?.description, meaning: meaning),
      fallback: fallback, read: Axis.init)
  }
}

/// The rows of numbers that lie along one axis of an example: `outer` x `inner` rows of `count`
/// numbers, `inner` apart. Number `k` of row `[o, i]` is `(o * count + k) * inner + i`.
package struct AxisRows: Hashable, Sendable {
  /// The product of the sizes before the axis.
  package var outer: Int
  /// The axis's size.
  package var count: Int
  /// The product of the sizes after it.
  package var inner: Int

  /// The rows along axis `index` of `shape`.
  package init(along index: Int, of shape: Shape) {
    outer = shape.dimensions[..<index].reduce(1, *)
    count = shape.dimensions[index]
    inner = shape.dimensions[(index + 1)...].reduce(1, *)
  }

  /// How many there are.
  package var rows: Int { outer * inner }

  /// The places of the numbers of row `row` of example `example`, in `[example][shape]`.
  package func places(ofRow row: Int, example: Int) -> [Int] {
    (0..<count).map {
      ((example * outer + row / inner) * count + $0) * inner + row % inner
    }
  }
}
