import IR

/// `initialize dirac`: PyTorch's `dirac_`, with the layer's groups, of a dense layer the identity. With `rest: pytorch` what a
/// wider layer has beyond it is as airbench94's, which puts the identity into a layer as PyTorch starts
/// it: `dirac_(w[:w.size(1)])`.
package struct DiracInitializer: Initializer {
  /// What output channels start with for which there is no input channel.
  private enum Rest: String, CaseIterable, Sendable {
    case zero, pytorch
  }

  private static let restKey = Key<Rest>.choice(
    "rest", default: .zero,
    "what output channels beyond the input's start with: 0, or as PyTorch's layers start")

  package static let definition = Definition<any Initializer>(
    "dirac",
    "a weight that keeps what the layer reads, each group what it reads: 1 in the middle of a channel's "
      + "own window",
    keyed: [restKey.parameter]
  ) { arguments throws(ArgumentError) in
    DiracInitializer(hasRest: try arguments.value(restKey) == .pytorch)
  }

  package let keyword = "dirac"
  /// Whether the rest is uniform within sqrt(1 / fan-in).
  let hasRest: Bool

  package var attributes: [AttributeValue] {
    hasRest ? [AttributeValue(Self.restKey, Rest.pytorch.rawValue)] : []
  }

  package func weight(fanIn: Int, fanOut: Int) -> Distribution {
    .dirac(rest: hasRest ? 1 / Double(fanIn).squareRoot() : 0)
  }
}
