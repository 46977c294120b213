import IR

extension Optimizer {
  /// How far a step goes; its name in tables is `learning_rate`.
  static let rate = Key.real(
    "lr", atLeast: 0, default: 0.01, "how far a step goes along the gradient")

  /// Stochastic gradient descent.
  package static func sgd(learningRate: Double) -> Optimizer {
    Optimizer(
      "sgd", hyperparameters: [.init("learning_rate", rate, learningRate)],
      updates: [.init("p", parameter - Self.learningRate * gradient)])
  }
}

extension Definition<Optimizer> {
  /// `sgd(lr: 0.01)`, and with the keys of PyTorch's SGD.
  package static var sgd: Self {
    descent("sgd", "parameter -= lr * gradient, or lr * velocity with a momentum", momentum: 0)
  }

  /// `momentum(lr: 0.01, momentum: 0.9)`: sgd with another default.
  package static var momentum: Self {
    descent("momentum", "a velocity that collects gradients moves the parameter", momentum: 0.9)
  }

  /// Gradient descent as PyTorch's SGD has it: velocity = momentum * velocity + gradient (Polyak,
  /// 1964), where all but the first gradient is multiplied by 1 - dampening; with Nesterov's
  /// momentum (Sutskever et al., 2013) a step goes along gradient + momentum * velocity.
  private static func descent(_ keyword: String, _ summary: String, momentum fallback: Double)
    -> Self
  {
    let momentum = Key.real(
      "momentum", atLeast: 0, atMost: 1, default: fallback, "the weight of the old velocity")
    let dampening = Key.real(
      "dampening", atLeast: 0, atMost: 1, default: 0,
      "the part of each gradient but the first that the velocity leaves out")
    let decay = WeightDecay.key(0, .coupled)
    let nesterov = Key.flag(
      "nesterov", default: false, "whether a step goes along gradient + momentum * velocity")
    return Self(
      keyword, summary,
      keyed: [
        Optimizer.rate.parameter, momentum.parameter, dampening.parameter, decay.parameter,
        nesterov.parameter,
      ]
    ) { arguments throws(ArgumentError) in
      let (inertia, damped) = (try arguments.value(momentum), try arguments.value(dampening))
      let looksAhead = try arguments.value(nesterov)
      if inertia == 0, damped > 0 {
        throw ArgumentError("dampening", "needs a momentum above 0, and here it is 0")
      }
      if looksAhead, inertia == 0 || damped > 0 {
        throw ArgumentError(
          "nesterov",
          "needs a momentum above 0 and no dampening, and here they are "
            + [inertia, damped].map { Constant.number($0).description }.joined(separator: " and ")
        )
      }
      let weightDecay = WeightDecay(try arguments.value(decay), .coupled)
      let hasVelocity = inertia > 0
      let (v, g, t) = (
        ScalarExpression.variable("velocity"), Optimizer.gradient, Optimizer.step
      )
      let kept = ScalarExpression.variable("momentum") * v
      let direction =
        !hasVelocity ? g : looksAhead ? g + .variable("momentum") * v : v
      return Optimizer(
        keyword,
        hyperparameters: [
          .init("learning_rate", Optimizer.rate, try arguments.value(Optimizer.rate))
        ]
          + (hasVelocity ? [.init("momentum", momentum, inertia, isMomentum: true)] : [])
          + (damped > 0 ? [.init("dampening", dampening, damped)] : [])
          + weightDecay.hyperparameters,
        forms: looksAhead ? [AttributeValue(nesterov, looksAhead)] : [],
        slots: hasVelocity ? [.init("velocity")] : [],
        scalars: damped > 0
          ? [.init("gradient_share", .select(t <= 1, 1, 1 - .variable("dampening")))] : [],
        updates: weightDecay.updates
          + (hasVelocity
            ? [.init("velocity", kept + (damped > 0 ? .variable("gradient_share") * g : g))] : [])
          + [.init("p", Optimizer.parameter - Optimizer.learningRate * direction)])
    }
  }
}
