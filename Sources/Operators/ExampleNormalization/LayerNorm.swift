import IR

/// Layer normalization (Ba et al., 2016): `layer_norm(over: all, eps: 1e-5, affine: true)`.
///
/// gamma and beta have a number for each that has one mean: the shape of an example, of its last
/// axes, or `[channels]`. `over: 2` is PyTorch's `LayerNorm([h, w])`, `over: channels` Keras's
/// `LayerNormalization()` of an image whose channels it keeps last, and ConvNeXt's.
package struct LayerNorm: ExampleNormalization {
  private static let affineKey = ExampleNormKeys.affine(default: true)

  package static let definition = Definition<any Operation>(
    "layer_norm", "each example with mean 0 and variance 1, scaled and shifted",
    keyed: [
      ExampleNormKeys.over.parameter, ExampleNormKeys.eps.parameter, affineKey.parameter,
    ]
  ) { arguments throws(ArgumentError) in
    LayerNorm(
      over: try arguments.value(ExampleNormKeys.over),
      eps: try arguments.value(ExampleNormKeys.eps), affine: try arguments.value(affineKey))
  }

  package let keyword = "layer_norm"
  package var over: NormalizedAxes
  package var eps: Double
  package var affine: Bool

  package init(over: NormalizedAxes = .all, eps: Double = 1e-5, affine: Bool = true) {
    self.over = over
    self.eps = eps
    self.affine = affine
  }

  package let isCentered = true
  package var hasGamma: Bool { affine }
  package var hasBeta: Bool { affine }
  package var groupText: String { over.groupText }
  package let remedy = "'over: all' takes all numbers of an example together"

  package var attributes: [AttributeValue] {
    [
      AttributeValue(ExampleNormKeys.over, over), AttributeValue(ExampleNormKeys.eps, eps),
      AttributeValue(Self.affineKey, affine),
    ]
  }

  package func groups(of shape: Shape) throws(ShapeError) -> NormalizationGroups {
    try over.groups(of: shape, for: keyword)
  }
}
