import IR
import Lowering
import Operators

/// How far rounding may move the gradients of a model's parameters, from the sizes of the sums that
/// they are.
///
/// A parameter's gradient is a sum over examples and places of dy * dy/dparameter. Each term is off
/// by a few roundings of itself, and the additions, of which at most 1024 follow each other without
/// compensation, by a rounding of what is summed so far: errors of both signs, which add up like
/// the square root of their number (Higham, Accuracy and Stability, 2002, section 2.8). So a
/// gradient is off by sqrt(1024) = 32 roundings of the sum of its terms' sizes at most, however
/// small the sum itself is: where a batch norm follows, beta's gradient is the five-hundredth part
/// of its terms.
package struct GradientTolerance {
  /// By parameter: the largest sum of terms' sizes. It is bounded by Cauchy and Schwarz, which for
  /// numbers as random as the tests' is no more than half as large again.
  private var terms: [String: Double] = [:]

  /// From the values of a step over `count` examples, in double, by the names under which an inspected
  /// step shows them.
  package init(
    _ model: Model, count: Int, _ values: (_ name: String) throws -> [Double]
  ) throws {
    for (index, layer) in model.layers.enumerated() {
      let parameters = model.parameters(of: index)
      guard !parameters.isEmpty else { continue }
      let dy = try Channels(values("\(layer.name).output_gradient"), layer.shape)
      let operand = layer.operands[0]
      // A view has the numbers of what it looks at.
      let x = try Channels(
        values(model.inspectedName(of: model.viewed(operand))), model.shape(of: operand))
      for parameter in parameters {
        terms["\(layer.name).\(parameter.role.rawValue)"] =
          switch parameter.role {
          case .bias, .beta: dy.largestSum
          // xhat has a variance of 1.
          case .gamma where layer.op.usesBatchStatistics:
            dy.largestNorm * Double(dy.perChannel).squareRoot()
          // Of all numbers together xhat has a mean square of at most 1.
          case .gamma where layer.op.base is any ExampleNormalization:
            dy.largestNorm * Double(count * layer.shape.elementCount).squareRoot()
          // One for all channels.
          case _ where parameter.shape == [1]: dy.norm * x.norm
          default: dy.largestNorm * x.largestNorm
          }
      }
    }
  }

  /// The largest sum of the sizes of the terms that a number of the gradient of `parameter` is the sum
  /// of.
  package func terms(of parameter: String) -> Double { terms[parameter] ?? 0 }

  /// How far the gradient of `parameter` may be off that `before` and `moved`, the parameter's
  /// numbers before and after a step of `rate`, show.
  package func error(
    of parameter: String, before: [Double], moved: [Double], rate: Double, _ precision: Precision
  ) -> Double {
    let rounding = precision == .float ? 0x1p-24 : 0x1p-53
    let size = largest([before, moved])
    return rounding
      * ((1024.0).squareRoot() * (terms[parameter] ?? 0) + 2 * size / rate)
  }

  /// Sums over the channels of `[count][shape]`.
  private struct Channels {
    var largestSum: Double
    var largestNorm: Double
    /// Of all channels together.
    var norm: Double
    var perChannel: Int

    init(_ values: [Double], _ shape: Shape) {
      var sums = Array(repeating: 0.0, count: shape.channels)
      var squares = sums
      for (index, value) in values.enumerated() {
        sums[shape.channel(of: index)] += abs(value)
        squares[shape.channel(of: index)] += value * value
      }
      largestSum = sums.max() ?? 0
      largestNorm = (squares.max() ?? 0).squareRoot()
      norm = squares.reduce(0, +).squareRoot()
      perChannel = values.count / shape.channels
    }
  }
}
