import IR

/// Weights whose variance is a number divided by how many inputs or outputs they connect; biases and
/// beta 0, gamma 1.
package struct VarianceScaling: Initializer {
  /// What the variance is divided by.
  package enum Mode: String, Hashable, Sendable, CaseIterable {
    case fanIn = "fan_in"
    case fanOut = "fan_out"
    case average = "fan_avg"
  }

  /// Which numbers have the variance.
  package enum Shape: String, Hashable, Sendable, CaseIterable {
    case normal
    case uniform
    case truncatedNormal = "truncated_normal"
  }

  package let keyword: String
  package let attributes: [AttributeValue]
  package let scale: Double
  package let mode: Mode
  package let shape: Shape

  package init(
    _ keyword: String, attributes: [AttributeValue] = [], scale: Double, mode: Mode, shape: Shape
  ) {
    self.keyword = keyword
    self.attributes = attributes
    self.scale = scale
    self.mode = mode
    self.shape = shape
  }

  package func weight(fanIn: Int, fanOut: Int) -> Distribution {
    let fan =
      switch mode {
      case .fanIn: Double(fanIn)
      case .fanOut: Double(fanOut)
      case .average: Double(fanIn + fanOut) / 2
      }
    let deviation = (scale / fan).squareRoot()
    switch shape {
    case .normal: return .normal(mean: 0, deviation: deviation)
    case .uniform:
      // Of numbers within a limit the variance is a third of its square.
      let limit = (3 * scale / fan).squareRoot()
      return .uniform(from: -limit, to: limit)
    case .truncatedNormal:
      // What is left of a normal distribution within two deviations has this part of its deviation.
      let wide = deviation / 0.87962566103423978
      return .truncatedNormal(deviation: wide, bound: 2 * wide)
    }
  }
}

extension Definition<any Initializer> {
  private static func mode(_ fallback: VarianceScaling.Mode) -> Key<VarianceScaling.Mode> {
    .choice(
      "mode", default: fallback,
      "what the variance is divided by: a weight's inputs, its outputs, or their mean")
  }

  private static func shape(_ fallback: VarianceScaling.Shape) -> Key<VarianceScaling.Shape> {
    .choice(
      "distribution", default: fallback,
      "how the numbers are spread; of truncated_normal none is more than two deviations from 0")
  }

  /// A row of the table: `scale` is made of the call's own key.
  private static func scaling(
    _ keyword: String, _ summary: String, key: Key<Double>? = nil, mode: VarianceScaling.Mode,
    shape: VarianceScaling.Shape, scale: @escaping @Sendable (Double) -> Double
  ) -> Self {
    let (modeKey, shapeKey) = (Self.mode(mode), Self.shape(shape))
    return Self(
      keyword, summary,
      keyed: (key.map { [$0.parameter] } ?? []) + [modeKey.parameter, shapeKey.parameter]
    ) { arguments throws(ArgumentError) in
      let chosenMode = try arguments.value(modeKey)
      let chosenShape = try arguments.value(shapeKey)
      var attributes: [AttributeValue] = []
      var number = 0.0
      if let key {
        number = try arguments.value(key)
        if number != key.fallback { attributes.append(AttributeValue(key, number)) }
      }
      if chosenMode != mode { attributes.append(AttributeValue(modeKey, chosenMode.rawValue)) }
      if chosenShape != shape { attributes.append(AttributeValue(shapeKey, chosenShape.rawValue)) }
      return VarianceScaling(
        keyword, attributes: attributes, scale: scale(number), mode: chosenMode,
        shape: chosenShape)
    }
  }

  /// Deviation sqrt(2 / fan-in) (He et al., 2015); of a leaky relu of slope a,
  /// sqrt(2 / (1 + a^2) / fan-in).
  package static var he: Self {
    scaling(
      "he", "weights normal with deviation sqrt(2 / fan-in), biases 0",
      key: .real("slope", atLeast: 0, default: 0, "that of the leaky_relu which follows"),
      mode: .fanIn, shape: .normal
    ) { 2 / (1 + $0 * $0) }
  }

  /// Within sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio, 2010).
  package static var xavier: Self {
    scaling(
      "xavier", "weights uniform within sqrt(6 / (fan-in + fan-out)), biases 0",
      key: .real("gain", atLeast: 0, default: 1, "what each weight is multiplied by"),
      mode: .average, shape: .uniform
    ) { $0 * $0 }
  }

  /// Deviation sqrt(1 / fan-in) (LeCun et al., 1998).
  package static var lecun: Self {
    scaling(
      "lecun", "weights normal with deviation sqrt(1 / fan-in), biases 0", mode: .fanIn,
      shape: .normal
    ) { _ in 1 }
  }

  /// Keras's VarianceScaling.
  package static var varianceScaling: Self {
    scaling(
      "variance_scaling", "weights of the variance scale / fan, biases 0",
      key: .real("scale", atLeast: 0, default: 1, "the variance times the fan"),
      mode: .fanIn, shape: .truncatedNormal
    ) { $0 }
  }

  /// What PyTorch's layers start with where nothing is said.
  package static var pytorch: Self {
    Self("pytorch", "weights and biases uniform within sqrt(1 / fan-in), as PyTorch's layers") {
      _ in PyTorchInitializer()
    }
  }
}

/// PyTorch's own: `kaiming_uniform_(weight, a=sqrt(5))`, which is uniform within sqrt(1 / fan-in), and
/// the bias of the layer too.
package struct PyTorchInitializer: Initializer {
  package let keyword = "pytorch"

  package init() {}

  package func weight(fanIn: Int, fanOut: Int) -> Distribution {
    let limit = (1 / Double(fanIn)).squareRoot()
    return .uniform(from: -limit, to: limit)
  }

  package func around(_ value: Double, fanIn: Int?) -> Distribution {
    fanIn.map { weight(fanIn: $0, fanOut: 1) } ?? .constant(value)
  }

  package func named(around value: Double, fanIn: Int?) -> Distribution? {
    around(value, fanIn: fanIn)
  }
}
