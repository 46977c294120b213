/// The second half of batch norm: `scale_shift`. A learned factor and offset for each channel.
///
///     y = gamma[c] * x + beta[c]
///     dx = gamma[c] * dy, dgamma[c] = sum of dy * x, dbeta[c] = sum of dy
package struct ScaleShift: Operator {
  package static let keyword = "scale_shift"

  /// A factor and an offset for each channel.
  package init() {}

  package func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  package func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    let shape = [operands[0].channels]
    return [TensorDeclaration(.gamma, shape: shape), TensorDeclaration(.beta, shape: shape)]
  }

  package var formula: String { "y = gamma[c] * x + beta[c]" }
}
