/// The rectifier: `relu`.
///
///     y = x < 0 ? 0 : x        dx = y > 0 ? dy : 0
///
/// Written so, and not as a maximum, a NaN stays visible.
public struct ReLU: Operator {
  public static let keyword = "relu"

  /// The rectifier.
  public init() {}

  public func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  public var formula: String { "y = x < 0 ? 0 : x" }
}
