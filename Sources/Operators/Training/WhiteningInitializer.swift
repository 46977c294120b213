import IR

/// `initialize whitening on conv1.weight`: patches of the training data become independent of each
/// other and equally large (Page, "How to Train Your ResNet 8", 2018; Jordan, 2024), as `Whitening`
/// says.
package struct WhiteningInitializer: Initializer {
  private static let epsKey = Key.positive(
    "eps", default: 5e-4, "what is added to each eigenvalue, so that rare directions stay small")
  private static let examplesKey = Key.whole(
    "examples", in: 1...Limits.steps, default: 5000,
    "how many training examples the patches are taken of, the first ones")

  package static let definition = Definition<any Initializer>(
    "whitening",
    "the weight of a first convolution: the directions of the data's patches, each with both signs, "
      + "over the roots of their mean squares",
    keyed: [epsKey.parameter, examplesKey.parameter]
  ) { arguments throws(ArgumentError) in
    WhiteningInitializer(
      eps: try arguments.value(epsKey), examples: try arguments.value(examplesKey))
  }

  package let keyword = "whitening"
  package let readsData = true
  let eps: Double
  let examples: Int

  package var attributes: [AttributeValue] {
    [AttributeValue(Self.epsKey, eps), AttributeValue(Self.examplesKey, examples)]
  }

  package func weight(fanIn: Int, fanOut: Int) -> Distribution {
    .whitening(eps: eps, examples: examples)
  }
}
