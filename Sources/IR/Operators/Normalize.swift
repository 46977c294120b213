/// The first half of batch norm: `normalize`. Mean 0 and variance 1 in each channel.
///
///     y = (x - mean[c]) / sqrt(variance[c] + eps)
///     dx = (g - mean of g - y * mean of g * y) / sqrt(variance[c] + eps)
///
/// The running statistics belong to it. `normalize | scale_shift` is `batchnorm`, and the compiler
/// makes the same kernels of both.
package struct Normalize: Operator {
  package static let keyword = "normalize"

  /// The conventions; there is no gamma and no beta.
  package var convention: BatchNorm

  /// A normalization by `convention`, whose gamma and beta are left out.
  package init(_ convention: BatchNorm) {
    self.convention = convention
    self.convention.affine = false
    self.convention.fixGamma = false
  }

  package func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  package func state(of operands: [Shape]) -> [TensorDeclaration] {
    convention.state(of: operands)
  }

  package var formula: String { convention.formula }
}
