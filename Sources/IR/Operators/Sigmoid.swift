/// The logistic function: `sigmoid`.
///
///     y = 1 / (1 + exp(-x))        dx = dy * y * (1 - y)
///
/// Computed from exp(-|x|), so that no exponential overflows.
package struct Sigmoid: Operator {
  package static let keyword = "sigmoid"

  /// The logistic function.
  package init() {}

  package func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  package var formula: String { "y = 1 / (1 + exp(-x))" }
}
