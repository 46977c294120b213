import IR

/// The first half of batch norm: `normalize`. Mean 0 and variance 1 in each channel.
///
///     y = (x - mean[c]) / sqrt(variance[c] + eps)
///     dx = (g - mean of g - y * mean of g * y) / sqrt(variance[c] + eps)
///
/// The running statistics belong to it. `normalize | scale_shift` is `batchnorm`, and the compiler
/// makes the same kernels of both.
package struct Normalize: ChannelAffineOperation {
  package static let definition = Definition<any Operation>(
    "normalize",
    "each channel with mean 0 and variance 1 over the batch: the first half of batchnorm",
    keyed: NormalizationKeys.parameters
  ) { arguments throws(ArgumentError) in
    Normalize(try NormalizationKeys.convention(arguments))
  }

  package let keyword = "normalize"
  package var convention: NormalizationConvention

  package init(_ convention: NormalizationConvention = NormalizationConvention()) {
    self.convention = convention
  }

  package var affine: ChannelAffine {
    ChannelAffine(normalization: convention, hasGamma: false, hasBeta: false)
  }

  package var attributes: [AttributeValue] { NormalizationKeys.attributes(convention) }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  package func state(of operands: [Shape]) -> [TensorDeclaration] {
    convention.state(channels: operands[0].channels)
  }

  package var formula: String { "y = \(convention.formula)" }

  package func reference(_ inputs: ReferenceInputs) -> [Double] { convention.reference(inputs) }
}
