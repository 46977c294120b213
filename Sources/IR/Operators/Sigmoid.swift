/// The logistic function: `sigmoid`.
///
///     y = 1 / (1 + exp(-x))        dx = dy * y * (1 - y)
///
/// Computed from exp(-|x|), so that no exponential overflows.
public struct Sigmoid: Operator {
  public static let keyword = "sigmoid"

  /// The logistic function.
  public init() {}

  public func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  public var formula: String { "y = 1 / (1 + exp(-x))" }
}
