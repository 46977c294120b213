import IR

/// Every parameter normal with this deviation, around 0 (gamma around 1), as the seeds do.
package struct NormalInitializer: Initializer {
  static let deviationKey = Key.real("deviation", atLeast: 0, "the standard deviation")

  package static let definition = Definition<any Initializer>(
    "normal", "every parameter normal around 0, gamma around 1",
    positional: [deviationKey.parameter]
  ) { arguments throws(ArgumentError) in
    NormalInitializer(deviation: try arguments.value(deviationKey))
  }

  package let keyword = "normal"
  package var deviation: Double

  package init(deviation: Double) { self.deviation = deviation }

  package var attributes: [AttributeValue] { [AttributeValue(Self.deviationKey, deviation)] }

  package func weight(fanIn: Int, fanOut: Int) -> Distribution { around(0) }

  package func around(_ value: Double) -> Distribution {
    .normal(mean: value, deviation: deviation)
  }
}

/// Weights normal with deviation sqrt(2 / fan-in) (He et al., 2015); bias and beta 0, gamma 1.
package struct HeInitializer: Initializer {
  package static let definition = Definition<any Initializer>(
    "he", "weights normal with deviation sqrt(2 / fan-in), biases 0"
  ) { _ in HeInitializer() }

  package let keyword = "he"

  package init() {}

  package func weight(fanIn: Int, fanOut: Int) -> Distribution {
    .normal(mean: 0, deviation: (2 / Double(fanIn)).squareRoot())
  }
}

/// Weights uniform within sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio, 2010); bias and beta 0,
/// gamma 1.
package struct XavierInitializer: Initializer {
  package static let definition = Definition<any Initializer>(
    "xavier", "weights uniform within sqrt(6 / (fan-in + fan-out)), biases 0"
  ) { _ in XavierInitializer() }

  package let keyword = "xavier"

  package init() {}

  package func weight(fanIn: Int, fanOut: Int) -> Distribution {
    let limit = (6 / Double(fanIn + fanOut)).squareRoot()
    return .uniform(from: -limit, to: limit)
  }
}
