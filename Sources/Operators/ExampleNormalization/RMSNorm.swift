import IR

/// Root mean square normalization (Zhang and Sennrich, 2019): `rms_norm(over: all, eps: 1e-5,
/// affine: true)`. A layer norm that takes no mean away and has no beta.
///
///     y = gamma * x / sqrt(mean of x^2 + eps)
///     dx = (g - xhat * mean of g * xhat) / sqrt(mean of x^2 + eps), g = gamma * dy
package struct RMSNorm: ExampleNormalization {
  private static let affineKey = Key.flag(
    "affine", default: true, "whether there is a gamma")

  package static let definition = Definition<any Operation>(
    "rms_norm", "each example with a mean square of 1, scaled",
    keyed: [
      ExampleNormKeys.over.parameter, ExampleNormKeys.eps.parameter, affineKey.parameter,
    ]
  ) { arguments throws(ArgumentError) in
    RMSNorm(
      over: try arguments.value(ExampleNormKeys.over),
      eps: try arguments.value(ExampleNormKeys.eps), affine: try arguments.value(affineKey))
  }

  package let keyword = "rms_norm"
  package var over: NormalizedAxes
  package var eps: Double
  package var affine: Bool

  package init(over: NormalizedAxes = .all, eps: Double = 1e-5, affine: Bool = true) {
    self.over = over
    self.eps = eps
    self.affine = affine
  }

  package let isCentered = false
  package var hasGamma: Bool { affine }
  package let hasBeta = false
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
