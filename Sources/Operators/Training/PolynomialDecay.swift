import IR

private let power = Key.real(
  "power", atLeast: 0, atMost: 100, default: 1,
  "the exponent of the part of the training that is left; 1 falls along a line")
private let end = Key.real(
  "end", atLeast: 0, atMost: 1, default: 0, "the part of the learning rate that is left in the end")

extension Definition<Schedule> {
  /// `polynomial(power: 1, end: 0)`: end + (1 - end) (1 - (t - 1) / steps) ^ power, and `end` beyond
  /// the last step.
  package static var polynomial: Self {
    Self(
      "polynomial", "the learning rate falls as a power of the part of the training that is left",
      keyed: [power.parameter, end.parameter]
    ) { arguments throws(ArgumentError) in
      let (exponent, least) = (try arguments.value(power), try arguments.value(end))
      let (t, steps, last) = (Schedule.step, Schedule.steps, ScalarExpression.constant(least))
      let left = 1 - (t - 1) / steps
      let part = exponent == 1 ? left : .power(left, .constant(exponent))
      return Schedule(
        "polynomial", [AttributeValue(power, exponent), AttributeValue(end, least)],
        factor: .select(t <= steps, last + (1 - last) * part, last))
    }
  }
}
