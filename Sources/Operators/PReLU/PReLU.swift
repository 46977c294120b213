import IR

/// The rectifier whose slope is learned (He et al., 2015): `prelu(slopes: one, start: 0.25)`.
///
///     y = x > 0 ? x : slope[c] * x
///     dx = x > 0 ? dy : slope[c] * dy, dslope[c] = sum of x * dy where x <= 0
///
/// One slope for all numbers, as PyTorch's `PReLU()`, or one for each channel, as its
/// `PReLU(channels)`. The slope is the tensor `slope`.
package struct PReLU: Operation {
  /// What has a slope of its own.
  package enum Slopes: String, Hashable, Sendable, CaseIterable {
    /// The layer.
    case one
    /// Each channel of an image, each feature of a vector.
    case channels
  }

  private static let slopesKey = Key<Slopes>.choice(
    "slopes", default: .one, "whether the layer has one slope, or each channel its own")
  private static let startKey = Key.real(
    "start", default: 0.25, "what the slopes are before the first step")

  package static let definition = Definition<any Operation>(
    "prelu", "negative numbers times a slope that is learned",
    keyed: [slopesKey.parameter, startKey.parameter]
  ) { arguments throws(ArgumentError) in
    PReLU(slopes: try arguments.value(slopesKey), start: try arguments.value(startKey))
  }

  package let keyword = "prelu"
  package var slopes: Slopes
  /// The slopes before the first step.
  package var start: Double

  package init(slopes: Slopes = .one, start: Double = 0.25) {
    self.slopes = slopes
    self.start = start
  }

  package var attributes: [AttributeValue] {
    [AttributeValue(Self.slopesKey, slopes.rawValue), AttributeValue(Self.startKey, start)]
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  package func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    let count = slopes == .one ? 1 : operands[0].channels
    return [TensorDeclaration(.slope, shape: [count], start: .around(start))]
  }

  package var formula: String { "y = x > 0 ? x : slope\(slopes == .one ? "" : "[c]") * x" }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let slope = inputs.tensors[.slope] ?? []
    return inputs.operands[0].enumerated().map { index, x in
      let c = slopes == .one ? 0 : inputs.result.channel(of: index)
      return x <= 0 ? slope[c] * x : x
    }
  }
}

extension TensorDeclaration.Role {
  /// What negative numbers are multiplied by.
  package static let slope = Self(rawValue: "slope")
}
