import IR

private let start = Key.real(
  "start", atLeast: 0, atMost: 1, default: 0.2,
  "the part of the learning rate that the first step has")
private let peak = Key.real(
  "peak", atLeast: 0, atMost: 1, default: 0.23,
  "the part of the training after which a step has all of the learning rate")
private let end = Key.real(
  "end", atLeast: 0, atMost: 1, default: 0.07,
  "the part of the learning rate that is left in the end")

extension Definition<Schedule> {
  /// `triangular(start: 0.2, peak: 0.23, end: 0.07)`: with k = floor(peak steps), a line from `start`
  /// at t - 1 = 0 to 1 at k, and one from there to `end` at t - 1 = steps (Jordan, 2024, whose
  /// airbench94 has these numbers).
  package static var triangular: Self {
    Self(
      "triangular", "the learning rate rises along a line to its value, and falls along another",
      keyed: [start.parameter, peak.parameter, end.parameter]
    ) { arguments throws(ArgumentError) in
      let (first, part) = (try arguments.value(start), try arguments.value(peak))
      let least = try arguments.value(end)
      let (place, steps) = (Schedule.step - 1, Schedule.steps)
      let top = ScalarExpression.floor(.constant(part) * steps)
      let (low, last) = (ScalarExpression.constant(first), ScalarExpression.constant(least))
      return Schedule(
        "triangular",
        [AttributeValue(start, first), AttributeValue(peak, part), AttributeValue(end, least)],
        factor: .select(
          steps < Schedule.step, last,
          .select(
            place < top, low + (1 - low) * place / top,
            1 - (1 - last) * (place - top) / (steps - top))))
    }
  }
}
