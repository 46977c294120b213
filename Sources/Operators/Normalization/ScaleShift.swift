import IR

/// The second half of batch norm: `scale_shift`. A learned factor and offset for each channel.
///
///     y = gamma[c] * x + beta[c]
///     dx = gamma[c] * dy, dgamma[c] = sum of dy * x, dbeta[c] = sum of dy
package struct ScaleShift: ChannelAffineOperation {
  package static let definition = Definition<any Operation>(
    "scale_shift", "a learned factor and offset for each channel: the second half of batchnorm"
  ) { _ in ScaleShift() }

  package let keyword = "scale_shift"

  package init() {}

  package var affine: ChannelAffine {
    ChannelAffine(normalization: nil, hasGamma: true, hasBeta: true)
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  package func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    let shape = [operands[0].channels]
    return [
      TensorDeclaration(.gamma, shape: shape, start: .around(1)),
      TensorDeclaration(.beta, shape: shape, start: .around(0)),
    ]
  }

  package var formula: String { "y = gamma[c] * x + beta[c]" }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    inputs.operands[0].enumerated().map { index, value in
      let c = inputs.result.channel(of: index)
      return (inputs.tensors[.gamma]?[c] ?? 1) * value + (inputs.tensors[.beta]?[c] ?? 0)
    }
  }
}
