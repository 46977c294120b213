import IR

/// Instance normalization (Ulyanov et al., 2016): `instance_norm(eps: 1e-5, affine: false)`. Each
/// channel of each example by itself; gamma and beta, where there are any, have a number for each
/// channel. PyTorch's, too, has none unless told otherwise.
package struct InstanceNorm: ExampleNormalization {
  private static let affineKey = ExampleNormKeys.affine(default: false)

  package static let definition = Definition<any Operation>(
    "instance_norm", "each channel of each example with mean 0 and variance 1",
    keyed: [ExampleNormKeys.eps.parameter, affineKey.parameter]
  ) { arguments throws(ArgumentError) in
    InstanceNorm(
      eps: try arguments.value(ExampleNormKeys.eps), affine: try arguments.value(affineKey))
  }

  package let keyword = "instance_norm"
  package var eps: Double
  package var affine: Bool

  package init(eps: Double = 1e-5, affine: Bool = false) {
    self.eps = eps
    self.affine = affine
  }

  package let isCentered = true
  package var hasGamma: Bool { affine }
  package var hasBeta: Bool { affine }
  package let groupText = "each channel"
  package let remedy = "'group_norm(1)' takes all channels together"

  package var attributes: [AttributeValue] {
    [AttributeValue(ExampleNormKeys.eps, eps), AttributeValue(Self.affineKey, affine)]
  }

  package func groups(of shape: Shape) throws(ShapeError) -> NormalizationGroups {
    .ofChannels(shape.channels, of: shape)
  }
}
