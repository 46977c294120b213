import IR

/// Group normalization (Wu and He, 2018): `group_norm(groups, eps: 1e-5, affine: true)`. The
/// channels are cut into groups, each normalized with all its places; gamma and beta have a number
/// for each channel.
package struct GroupNorm: ExampleNormalization {
  private static let groupsKey = Key.whole(
    "groups", in: Limits.dimension, "into how many groups the channels are cut")
  private static let affineKey = ExampleNormKeys.affine(default: true)

  package static let definition = Definition<any Operation>(
    "group_norm",
    "each group of an example's channels with mean 0 and variance 1, scaled and shifted",
    positional: [groupsKey.parameter],
    keyed: [ExampleNormKeys.eps.parameter, affineKey.parameter]
  ) { arguments throws(ArgumentError) in
    GroupNorm(
      groups: try arguments.value(groupsKey), eps: try arguments.value(ExampleNormKeys.eps),
      affine: try arguments.value(affineKey))
  }

  package let keyword = "group_norm"
  package var groups: Int
  package var eps: Double
  package var affine: Bool

  package init(groups: Int, eps: Double = 1e-5, affine: Bool = true) {
    self.groups = groups
    self.eps = eps
    self.affine = affine
  }

  package let isCentered = true
  package var hasGamma: Bool { affine }
  package var hasBeta: Bool { affine }
  package var groupText: String { "each of \(groups) groups of channels" }
  package let remedy = "fewer groups"

  package var attributes: [AttributeValue] {
    [
      AttributeValue(Self.groupsKey, groups), AttributeValue(ExampleNormKeys.eps, eps),
      AttributeValue(Self.affineKey, affine),
    ]
  }

  package func groups(of shape: Shape) throws(ShapeError) -> NormalizationGroups {
    guard shape.channels % groups == 0 else {
      throw ShapeError(
        "group_norm cannot cut the \(shape.channels) channels of \(shape) into \(groups) groups",
        help: Divisors.words(of: shape.channels) + " would divide them")
    }
    return .ofChannels(groups, of: shape)
  }
}
