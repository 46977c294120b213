/// The second half of batch norm: `scale_shift`. A learned factor and offset for each channel.
///
///     y = gamma[c] * x + beta[c]
///     dx = gamma[c] * dy, dgamma[c] = sum of dy * x, dbeta[c] = sum of dy
public struct ScaleShift: Operator {
  public static let keyword = "scale_shift"

  /// A factor and an offset for each channel.
  public init() {}

  public func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  public func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    let shape = [operands[0].channels]
    return [TensorDeclaration(.gamma, shape: shape), TensorDeclaration(.beta, shape: shape)]
  }

  public var formula: String { "y = gamma[c] * x + beta[c]" }
}
