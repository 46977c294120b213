/// How the learning rate changes over a training: a pure function of the step's number.
package struct Schedule: Hashable, Sendable {
  /// The word in a model file.
  package let keyword: String
  /// The attributes with their values.
  package let attributes: [AttributeValue]
  /// What the learning rate is multiplied by at step `t`, from 1 on, of a training of `steps`
  /// steps. It has a value beyond the last step too.
  package let factor: ScalarExpression

  package init(
    _ keyword: String, _ attributes: [AttributeValue] = [], factor: ScalarExpression
  ) {
    self.keyword = keyword
    self.attributes = attributes
    self.factor = factor.simplified
  }

  /// The number of the step, and that of all steps, in expressions.
  package static let step = ScalarExpression.variable("t")
  package static let steps = ScalarExpression.variable("steps")

  /// The factor at step `step` of `steps`.
  package func factor(at step: Int, of steps: Int) -> Double {
    factor.value(["t": Double(step), "steps": Double(steps)])
  }

  /// Whether each step has the learning rate as it is.
  package var isConstant: Bool { factor == 1 }

  /// This schedule after `count` steps in which the factor rises to 1, by as much in each (Goyal et
  /// al., 2017). The schedule's own steps are those that are left, counted from 1.
  package func after(warmup count: Int) -> Schedule {
    guard count > 0 else { return self }
    let warmup = ScalarExpression.constant(Double(count))
    let rest = factor.substituting(["t": Self.step - warmup, "steps": Self.steps - warmup])
    return Schedule(
      keyword, attributes + [AttributeValue(Self.warmup, count)],
      factor: .select(Self.step <= warmup, Self.step / warmup, rest))
  }

  fileprivate static let warmup = Key.whole(
    "warmup", in: 0...Limits.steps, default: 0,
    "steps of linear rise to the learning rate, before the schedule's own")
}

extension Definition<Schedule> {
  /// This schedule after as many steps of warm-up as a call asks for.
  package var withWarmup: Self {
    let own = self
    let signature = Signature(
      signature.keyword, signature.summary, positional: signature.positional,
      keyed: signature.keyed + [Schedule.warmup.parameter])
    return Self(signature) { arguments throws(ArgumentError) in
      try own.make(arguments).after(warmup: try arguments.value(Schedule.warmup))
    }
  }
}
