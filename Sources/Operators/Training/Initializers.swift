import IR

/// Every parameter normal with this deviation, around 0 (gamma around 1), as the seeds do.
package struct NormalInitializer: Initializer {
  static let deviationKey = Key.real("deviation", atLeast: 0, "the standard deviation")

  package static let definition = Definition<any Initializer>(
    "normal", "every parameter normal around 0, gamma around 1, prelu's slopes around their start",
    positional: [deviationKey.parameter]
  ) { arguments throws(ArgumentError) in
    NormalInitializer(deviation: try arguments.value(deviationKey))
  }

  package let keyword = "normal"
  package var deviation: Double

  package init(deviation: Double) { self.deviation = deviation }

  package var attributes: [AttributeValue] { [AttributeValue(Self.deviationKey, deviation)] }

  package func weight(fanIn: Int, fanOut: Int) -> Distribution { around(0, fanIn: fanIn) }

  package func around(_ value: Double, fanIn: Int?) -> Distribution {
    .normal(mean: value, deviation: deviation)
  }

  package func named(around value: Double, fanIn: Int?) -> Distribution? {
    around(value, fanIn: fanIn)
  }
}

/// Weights from one distribution whatever their size; a named parameter from the same. Biases, beta
/// and gamma that nobody names start at 0 and 1.
package struct FixedInitializer: Initializer {
  package let keyword: String
  package let attributes: [AttributeValue]
  private let distribution: Distribution
  /// Whether it can start what is no weight.
  private let startsAll: Bool

  init(
    _ keyword: String, _ attributes: [AttributeValue], _ distribution: Distribution,
    startsAll: Bool = true
  ) {
    self.keyword = keyword
    self.attributes = attributes
    self.distribution = distribution
    self.startsAll = startsAll
  }

  package func weight(fanIn: Int, fanOut: Int) -> Distribution { distribution }

  package func named(around value: Double, fanIn: Int?) -> Distribution? {
    startsAll ? distribution : nil
  }
}

extension Definition<any Initializer> {
  private static var deviation: Key<Double> {
    .real("deviation", atLeast: 0, "the standard deviation, before anything is left out")
  }
  private static var bound: Key<Double> {
    .real(
      "bound", atLeast: 0, says: "2 * deviation",
      "how far from 0 a number may be; PyTorch's own is 2, whatever the deviation")
  }

  /// Normal numbers of which those far from 0 are drawn again: Keras's TruncatedNormal, and
  /// PyTorch's `trunc_normal_` with bounds on both sides of a mean of 0.
  package static var truncatedNormal: Self {
    Self(
      "truncated_normal", "weights normal around 0, numbers beyond a bound drawn again, biases 0",
      positional: [deviation.parameter], keyed: [bound.parameter]
    ) { arguments throws(ArgumentError) in
      let size = try arguments.value(deviation)
      let given = arguments.given(bound)
      return FixedInitializer(
        "truncated_normal",
        [AttributeValue(deviation, size)] + (given.map { [AttributeValue(bound, $0)] } ?? []),
        .truncatedNormal(deviation: size, bound: given ?? 2 * size))
    }
  }

  private static var lower: Key<Double> { .real("from", "the least number") }
  private static var upper: Key<Double> { .real("to", "the largest number") }

  package static var uniform: Self {
    Self(
      "uniform", "weights uniform between two numbers, biases 0",
      positional: [lower.parameter, upper.parameter]
    ) { arguments throws(ArgumentError) in
      let (low, high) = (try arguments.value(lower), try arguments.value(upper))
      guard low <= high else {
        throw ArgumentError(
          "to", "must be at least 'from', which is \(Constant.number(low).description)")
      }
      return FixedInitializer(
        "uniform", [AttributeValue(lower, low), AttributeValue(upper, high)],
        .uniform(from: low, to: high))
    }
  }

  private static var value: Key<Double> { .real("value", "the number") }

  package static var constant: Self {
    Self(
      "constant", "every number of a weight the same, biases 0", positional: [value.parameter]
    ) { arguments throws(ArgumentError) in
      let number = try arguments.value(value)
      return FixedInitializer("constant", [AttributeValue(value, number)], .constant(number))
    }
  }

  private static var gain: Key<Double> {
    .real("gain", atLeast: 0, default: 1, "how long the rows are")
  }

  /// Saxe et al., 2014, as PyTorch's `orthogonal_`: of a weight as a matrix with a row for each
  /// output.
  package static var orthogonal: Self {
    Self(
      "orthogonal", "the rows of a weight, or its columns, orthogonal to each other, biases 0",
      keyed: [gain.parameter]
    ) { arguments throws(ArgumentError) in
      let size = try arguments.value(gain)
      return FixedInitializer(
        "orthogonal", size == 1 ? [] : [AttributeValue(gain, size)], .orthogonal(gain: size),
        startsAll: false)
    }
  }
}
