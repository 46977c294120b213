import Glibc
import IR

/// Probabilities: `softmax(axis: channels)`.
///
///     y[k] = exp(x[k]) / sum over k of exp(x[k]), k along the axis
///     dx = y * (dy - sum over k of dy[k] * y[k])
///
/// And their logarithms: `log_softmax(axis: channels)`.
///
///     y[k] = x[k] - log(sum over k of exp(x[k]))
///     dx = dy - exp(y) * sum over k of dy[k]
///
/// The largest x of a row is taken away first, so that no exponential overflows.
package struct Softmax: ProbabilityOperation {
  private static let axisKey = Key<Axis>.axis(
    "axis",
    "what adds up to 1: the channels, or an axis by its number; 1 is the channels, -1 the last")

  package static let definition = Definition<any Operation>(
    "softmax", "exponentials over their sum along an axis: probabilities",
    keyed: [axisKey.parameter]
  ) { arguments throws(ArgumentError) in
    Softmax(axis: try axis(arguments), isLogarithm: false)
  }

  package static let logDefinition = Definition<any Operation>(
    "log_softmax", "the logarithm of softmax, where that would be rounded to 0 too",
    keyed: [axisKey.parameter]
  ) { arguments throws(ArgumentError) in
    Softmax(axis: try axis(arguments), isLogarithm: true)
  }

  private static func axis(_ arguments: Arguments) throws(ArgumentError) -> Axis {
    let axis = try arguments.value(axisKey)
    guard axis != .number(0) else {
      throw ArgumentError(
        axisKey.name, "cannot be 0, the batch: no example depends on another",
        help: "1 is the channels, -1 the last axis")
    }
    return axis
  }

  package var axis: Axis
  /// Whether it is `log_softmax`.
  package var isLogarithm: Bool

  package init(axis: Axis = .channels, isLogarithm: Bool = false) {
    self.axis = axis
    self.isLogarithm = isLogarithm
  }

  package var keyword: String { isLogarithm ? "log_softmax" : "softmax" }
  package var attributes: [AttributeValue] { [AttributeValue(Self.axisKey, axis)] }
  package var makesProbabilities: Bool { !isLogarithm }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    let index = try axis.index(in: operands[0], for: keyword)
    guard operands[0].dimensions[index] > 1 else {
      throw ShapeError(
        "\(keyword) along \(Axis.names(of: operands[0])[index]) of \(operands[0]) takes one number at "
          + "a time, and makes \(isLogarithm ? 0 : 1) of it",
        help: operands[0].elementCount > 1
          ? "an axis of more numbers, or 'sigmoid' for one probability"
          : "'sigmoid' makes one probability")
    }
    return operands[0]
  }

  /// The rows that add up to 1.
  func rows(of shape: Shape) -> AxisRows {
    guard let index = try? axis.index(in: shape, for: keyword) else {
      fatalError("\(keyword) was checked, and \(shape) has no axis \(axis)")
    }
    return AxisRows(along: index, of: shape)
  }

  package var formula: String {
    let sum = "sum over k of exp(x[k])"
    let along = axis == .channels ? "k the channels" : "k along axis \(axis)"
    return (isLogarithm ? "y = x - log(\(sum))" : "y = exp(x) / \(sum)") + ", \(along)"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let x = inputs.operands[0]
    let rows = rows(of: inputs.result)
    var y = x
    for example in 0..<inputs.count {
      for row in 0..<rows.rows {
        let places = rows.places(ofRow: row, example: example)
        let largest = places.reduce(-Double.infinity) { max($0, x[$1]) }
        let sum = places.reduce(0) { $0 + exp(x[$1] - largest) }
        for place in places {
          let above = x[place] - largest
          y[place] = isLogarithm ? above - log(sum) : exp(above) / sum
        }
      }
    }
    return y
  }
}
