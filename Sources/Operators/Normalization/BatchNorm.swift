import IR

/// Batch normalization (Ioffe and Szegedy, 2015): `batchnorm(eps: 1e-5, eps_on: variance, momentum:
/// 0.9, running_variance: biased, start: first_batch, statistics: batch, fix_gamma: false, affine: true)`, or
/// `batchnorm(like: pytorch)` and what differs from it.
///
///     y = gamma[c] * xhat + beta[c], and xhat as `NormalizationConvention` says
///
/// Gradient, with m numbers per channel and g = dy:
///
///     dbeta  = sum g
///     dgamma = sum g * xhat
///     dx     = gamma / sqrt(variance + eps) * (g - dbeta / m - xhat * dgamma / m)
package struct BatchNorm: ChannelAffineOperation {
  private static let fixGammaKey = Key.flag(
    "fix_gamma", says: "false", "gamma is held at 1 and does not learn")
  private static let affineKey = Key.flag(
    "affine", says: "true", "whether there are a gamma and a beta")

  package static let definition = Definition<any Operation>(
    "batchnorm", "each channel with mean 0 and variance 1 over the batch, scaled and shifted",
    keyed: NormalizationKeys.parameters
      + [fixGammaKey.parameter, affineKey.parameter, scaleKey.parameter]
  ) { arguments throws(ArgumentError) in
    let hasScale = try arguments.value(scaleKey)
    if !hasScale, arguments.given(fixGammaKey) == true {
      throw ArgumentError(
        fixGammaKey.name, "holds gamma at 1, and with 'scale: false' there is none",
        help: "take one of them out")
    }
    let fixes =
      arguments.given(fixGammaKey) ?? arguments.given(NormalizationKeys.like)?.fixesGamma ?? false
    return BatchNorm(
      try NormalizationKeys.convention(arguments), fixGamma: hasScale && fixes,
      affine: arguments.given(affineKey) ?? true, scale: hasScale)
  }

  private static let scaleKey = Key.flag(
    "scale", default: true, "whether an affine batch norm has a gamma, as Keras says it")

  package let keyword = "batchnorm"
  package var convention: NormalizationConvention
  /// gamma is held at 1 and does not learn, as MXNet's symbol operator does unless told otherwise.
  package var fixGamma: Bool
  /// Whether there are a gamma and a beta at all.
  package var hasAffine: Bool

  /// Whether there is a gamma where there is a beta.
  package var hasScale: Bool

  package init(
    _ convention: NormalizationConvention = NormalizationConvention(), fixGamma: Bool = false,
    affine: Bool = true, scale: Bool = true
  ) {
    self.convention = convention
    self.fixGamma = fixGamma
    hasAffine = affine
    hasScale = scale
  }

  package var affine: ChannelAffine {
    ChannelAffine(
      normalization: convention, hasGamma: hasAffine && hasScale && !fixGamma, hasBeta: hasAffine)
  }

  package var attributes: [AttributeValue] {
    NormalizationKeys.attributes(convention)
      + [AttributeValue(Self.fixGammaKey, fixGamma), AttributeValue(Self.affineKey, hasAffine)]
      + (hasScale ? [] : [AttributeValue(Self.scaleKey, false)])
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  package func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    guard hasAffine else { return [] }
    let shape = [operands[0].channels]
    let gamma = TensorDeclaration(
      .gamma, shape: shape, start: fixGamma ? .constant(1) : .around(1),
      held: fixGamma ? .init(by: Self.fixGammaKey) : nil)
    return (hasScale ? [gamma] : []) + [
      TensorDeclaration(.beta, shape: shape, start: .around(0))
    ]
  }

  package func state(of operands: [Shape]) -> [TensorDeclaration] {
    convention.state(channels: operands[0].channels)
  }

  package var formula: String {
    guard hasAffine else { return "y = \(convention.formula)" }
    return "y = \(hasScale ? "gamma[c] * " : "")\(convention.formula) + beta[c]"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let gamma = fixGamma ? nil : inputs.tensors[.gamma]
    return convention.reference(inputs).enumerated().map { index, value in
      let c = inputs.result.channel(of: index)
      return (gamma?[c] ?? 1) * value + (inputs.tensors[.beta]?[c] ?? 0)
    }
  }
}
