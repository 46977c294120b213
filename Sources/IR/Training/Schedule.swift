/// How the learning rate, and with it the momentum, changes over a training: a pure function of the
/// step's number, and where a training is to look at its evaluations, a `Plateau`.
package struct Schedule: Hashable, Sendable {
  /// The word in a model file.
  package let keyword: String
  /// The attributes with their values.
  package let attributes: [AttributeValue]
  /// What the learning rate is multiplied by at step `t`, from 1 on, of a training of `steps`
  /// steps. It has a value beyond the last step too.
  package let factor: ScalarExpression
  /// What the optimizer's momentum is at that step; nil where it stays as it is.
  package let momentum: ScalarExpression?
  /// What `t` and `steps` count.
  package let unit: Unit
  /// When the learning rate falls besides, which no function of the step can say.
  package let plateau: Plateau?

  /// What a schedule counts: in epochs, `t` and `steps` are the numbers of the epoch and of all
  /// epochs, so that each step of an epoch has the factor of its first.
  package enum Unit: String, Hashable, Sendable, CaseIterable { case step, epoch }

  package init(
    _ keyword: String, _ attributes: [AttributeValue] = [], factor: ScalarExpression,
    momentum: ScalarExpression? = nil, unit: Unit = .step, plateau: Plateau? = nil
  ) {
    self.keyword = keyword
    self.attributes = attributes
    self.factor = factor.simplified
    self.momentum = momentum?.simplified
    self.unit = unit
    self.plateau = plateau
  }

  /// The number of the step, and that of all steps, in expressions.
  package static let step = ScalarExpression.variable("t")
  package static let steps = ScalarExpression.variable("steps")

  /// The factor at step `step` of `steps`, where an epoch has `epochSteps` of them.
  package func factor(at step: Int, of steps: Int, epochSteps: Int = 1) -> Double {
    value(of: factor, at: step, of: steps, epochSteps: epochSteps)
  }

  /// The momentum at such a step; nil where it stays as it is.
  package func momentum(at step: Int, of steps: Int, epochSteps: Int = 1) -> Double? {
    momentum.map { value(of: $0, at: step, of: steps, epochSteps: epochSteps) }
  }

  private func value(
    of expression: ScalarExpression, at step: Int, of steps: Int, epochSteps: Int
  ) -> Double {
    let length = unit == .epoch ? max(epochSteps, 1) : 1
    // An epoch that a training does not end counts as a whole one.
    let (t, last) = ((step - 1) / length + 1, steps / length + (steps % length > 0 ? 1 : 0))
    return expression.value(["t": Double(t), "steps": Double(last)])
  }

  /// Whether every step has what the optimizer says; a plateau may still change the rate.
  package var isConstant: Bool { factor == 1 && momentum == nil }

  /// This schedule after `count` steps in which the factor rises to 1, by as much in each (Goyal et
  /// al., 2017), and the momentum is that of its first step. The schedule's own steps are those that
  /// are left, counted from 1.
  package func after(warmup count: Int) -> Schedule {
    guard count > 0 else { return self }
    let warmup = ScalarExpression.constant(Double(count))
    func rest(_ expression: ScalarExpression, from step: ScalarExpression) -> ScalarExpression {
      expression.substituting(["t": step, "steps": Self.steps - warmup])
    }
    let (isWarming, own) = (Self.step <= warmup, Self.step - warmup)
    return Schedule(
      keyword, attributes + [AttributeValue(Self.warmup, count)],
      factor: .select(isWarming, Self.step / warmup, rest(factor, from: own)),
      momentum: momentum.map { .select(isWarming, rest($0, from: 1), rest($0, from: own)) },
      unit: unit, plateau: plateau)
  }

  /// This schedule with all its counts in `unit`, its warm-up's too.
  package func counted(per unit: Unit) -> Schedule {
    guard unit != self.unit else { return self }
    return Schedule(
      keyword, attributes + [AttributeValue(Self.per, unit.rawValue)], factor: factor,
      momentum: momentum, unit: unit, plateau: plateau)
  }

  fileprivate static let warmup = Key.whole(
    "warmup", in: 0...Limits.steps, default: 0,
    "steps of linear rise to the learning rate, before the schedule's own")
  fileprivate static let per = Key<Unit>.choice(
    "per", default: .step,
    "what is counted: with epoch, all steps of an epoch have the same rate, and each number of "
      + "steps here is one of epochs")
}

extension Definition<Schedule> {
  /// This schedule after as many steps of warm-up as a call asks for, in steps or in epochs.
  package var withWarmup: Self {
    let own = self
    let signature = Signature(
      signature.keyword, signature.summary, positional: signature.positional,
      keyed: signature.keyed + [Schedule.warmup.parameter, Schedule.per.parameter])
    return Self(signature) { arguments throws(ArgumentError) in
      try own.make(arguments).after(warmup: try arguments.value(Schedule.warmup))
        .counted(per: try arguments.value(Schedule.per))
    }
  }
}
