import IR

private let end = Key.real(
  "end", atLeast: 0, default: 0, "the part of the learning rate that is left in the end")

extension Definition<Schedule> {
  /// `cosine(end: 0)`: end + (1 - end) (1 + cos(pi (t - 1) / steps)) / 2, and `end` beyond the last
  /// step (Loshchilov and Hutter, 2017, without restarts).
  package static var cosine: Self {
    Self(
      "cosine", "the learning rate falls along half a wave of the cosine", keyed: [end.parameter]
    ) { arguments throws(ArgumentError) in
      let least = try arguments.value(end)
      let (t, steps, last) = (Schedule.step, Schedule.steps, ScalarExpression.constant(least))
      let wave = (1 + .cos(.constant(.pi) * (t - 1) / steps)) / 2
      return Schedule(
        "cosine", [AttributeValue(end, least)],
        factor: .select(t <= steps, last + (1 - last) * wave, last))
    }
  }
}
