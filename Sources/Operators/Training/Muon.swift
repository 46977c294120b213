import IR

private let inertia = Key.real(
  "momentum", atLeast: 0, atMost: 1, default: 0.95,
  "the weight of the old velocity, against the gradient")
private let nesterov = Key.flag(
  "nesterov", default: true, "whether the velocity is mixed with the gradient once more")
private let epsilon = Key.positive(
  "eps", default: 1e-7, "the least norm that the direction is divided by")
private let steps = Key.whole(
  "ns_steps", in: 1...99, default: 5, "the steps of Newton and Schulz's iteration")
private let coefficients = Key.reals(
  "ns_coefficients", counts: 3...3, default: [3.4445, -4.775, 2.0315],
  "its three coefficients: X becomes aX + (bA + cAA)X, where A is X times its transpose")
private let adjustment = Key.choice(
  "adjust_lr_fn", default: RateAdjustment.original,
  "how the rate follows from the shape: sqrt(max(1, rows / columns)), 0.2 sqrt(max(rows, columns)) "
    + "or sqrt(rows / columns) times lr")

/// What the rate is multiplied by, after the names of PyTorch.
private enum RateAdjustment: String, CaseIterable, CustomStringConvertible, Sendable {
  case original, matchRMSAdamW = "match_rms_adamw", spectralUnclamped = "spectral_unclamped"

  var description: String { rawValue }

  var factor: ScalarExpression {
    let (rows, columns) = (TensorStep.rows, TensorStep.columns)
    return switch self {
    case .original: .sqrt(.max(1, rows / columns))
    case .matchRMSAdamW: 0.2 * .sqrt(.max(rows, columns))
    case .spectralUnclamped: .sqrt(rows / columns)
    }
  }
}

extension Definition<Optimizer> {
  /// `muon(lr: 0.001, momentum: 0.95, nesterov: true, weight_decay: 0.1)` (Jordan et al., 2024) with
  /// the keys of PyTorch's: the velocity of a matrix, made orthogonal. What has more axes than two is
  /// a row for each output.
  package static var muon: Self {
    let (rate, decay) = (AdamKeys.rate(0.001), WeightDecay.key(0.1, .decoupled))
    return Self(
      "muon", "the velocity of a matrix, made orthogonal: every direction moves alike",
      keyed: [
        rate.parameter, inertia.parameter, nesterov.parameter, decay.parameter,
        coefficients.parameter, epsilon.parameter, steps.parameter, adjustment.parameter,
      ]
    ) { arguments throws(ArgumentError) in
      let abc = try arguments.value(coefficients)
      let weightDecay = WeightDecay(try arguments.value(decay), .decoupled)
      let looksAhead = try arguments.value(nesterov)
      let (factor, count) = (try arguments.value(adjustment), try arguments.value(steps))
      let (mu, v, g) = (
        ScalarExpression.variable("momentum"), ScalarExpression.variable("velocity"),
        Optimizer.gradient
      )
      return Optimizer(
        "muon",
        hyperparameters: [
          .init("learning_rate", rate, try arguments.value(rate)),
          .init("momentum", inertia, try arguments.value(inertia), isMomentum: true),
        ] + weightDecay.hyperparameters,
        forms: [
          AttributeValue(nesterov, looksAhead), AttributeValue(coefficients, abc),
          AttributeValue(epsilon, try arguments.value(epsilon)), AttributeValue(steps, count),
          AttributeValue(adjustment, factor),
        ],
        slots: [.init("velocity")],
        updates: weightDecay.updates + [
          .init("velocity", mu * v + (1 - mu) * g),
          .init("g", looksAhead ? mu * v + (1 - mu) * g : v),
        ],
        tensorStep: TensorStep(
          orthogonalization: .init(
            steps: count, coefficients: abc, epsilon: try arguments.value(epsilon)),
          scalars: [.init("shape_factor", factor.factor)],
          updates: [
            .init(
              "p",
              Optimizer.parameter - Optimizer.learningRate * .variable("shape_factor") * g)
          ]))
    }
  }
}
