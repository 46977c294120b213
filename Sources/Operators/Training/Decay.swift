import IR

private let factor = Key.real(
  "factor", atLeast: 0, default: 0.1,
  "the part of the learning rate that is left after so many steps")
private let every = Key.whole("every", in: 1...Limits.steps, "how many steps those are")

extension Definition<Schedule> {
  /// `exponential(factor: 0.1, every: 1000)`: factor ^ ((t - 1) / every).
  package static var exponential: Self {
    decay("exponential", "the learning rate falls smoothly, by a factor in so many steps") { $0 }
  }

  /// `step(factor: 0.1, every: 1000)`: factor ^ floor((t - 1) / every).
  package static var step: Self {
    decay("step", "the learning rate falls by a factor each time so many steps have passed") {
      .floor($0)
    }
  }

  /// The power of the factor whose exponent `exponent` makes of how often the time has passed.
  private static func decay(
    _ keyword: String, _ summary: String,
    exponent: @escaping @Sendable (ScalarExpression) -> ScalarExpression
  ) -> Self {
    Self(keyword, summary, keyed: [factor.parameter, every.parameter]) {
      arguments throws(ArgumentError) in
      let (base, time) = (try arguments.value(factor), try arguments.value(every))
      return Schedule(
        keyword, [AttributeValue(factor, base), AttributeValue(every, time)],
        factor: .power(
          .constant(base), exponent((Schedule.step - 1) / .constant(Double(time)))))
    }
  }
}
