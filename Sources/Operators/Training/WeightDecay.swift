import IR

/// What draws parameters to 0, as an optimizer does it.
struct WeightDecay {
  /// How a part of the parameter takes part in a step.
  enum Coupling {
    /// It is added to the gradient, as the gradient of an l2 penalty.
    case coupled
    /// The rate times it is taken from the parameter, beside the gradient (Loshchilov and Hutter,
    /// 2019).
    case decoupled
  }

  let value: Double
  let coupling: Coupling

  /// The key, whose name is PyTorch's.
  static func key(
    _ fallback: Double, _ coupling: Coupling, to coupled: String = "gradient"
  ) -> Key<Double> {
    .real(
      "weight_decay", atLeast: 0, default: fallback,
      coupling == .coupled
        ? "the part of a parameter that is added to its \(coupled)"
        : "the part of a parameter, times the rate, that a step takes from it")
  }

  init(_ value: Double, _ coupling: Coupling) {
    self.value = value
    self.coupling = coupling
  }

  /// A hyperparameter, where anything decays.
  var hyperparameters: [Optimizer.Hyperparameter] {
    value == 0 ? [] : [.init("weight_decay", Self.key(value, coupling), value)]
  }

  /// What a step does first.
  var updates: [Optimizer.Assignment] {
    let (p, g, decay) = (
      Optimizer.parameter, Optimizer.gradient, ScalarExpression.variable("weight_decay")
    )
    guard value > 0 else { return [] }
    switch coupling {
    case .coupled: return [.init("g", g + decay * p)]
    case .decoupled: return [.init("p", p - Optimizer.learningRate * decay * p)]
    }
  }
}
