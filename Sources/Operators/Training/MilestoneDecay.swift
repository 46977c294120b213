import IR

private let milestones = Key.wholes(
  "milestones", in: 1...Limits.steps, counts: 1...100,
  "after how many steps the rate falls, in ascending order")
private let factor = Key.real(
  "factor", atLeast: 0, atMost: 1, default: 0.1,
  "the part of the learning rate that is left after each milestone")

extension Definition<Schedule> {
  /// `multi_step(milestones: [100, 150], factor: 0.1)`: factor ^ (the milestones that are t - 1 at
  /// the most).
  package static var multiStep: Self {
    Self(
      "multi_step", "the learning rate falls by a factor at each milestone",
      positional: [milestones.parameter], keyed: [factor.parameter]
    ) { arguments throws(ArgumentError) in
      let (places, base) = (try arguments.value(milestones), try arguments.value(factor))
      for (earlier, later) in zip(places, places.dropFirst()) where earlier >= later {
        throw ArgumentError(milestones.name, "must ascend, and \(later) comes after \(earlier)")
      }
      var parts: [Double] = [1]
      for _ in places { parts.append((parts.last ?? 1) * base) }
      var expression = ScalarExpression.constant(parts.removeLast())
      for (place, part) in zip(places, parts).reversed() {
        expression = .select(
          Schedule.step <= .constant(Double(place)), .constant(part), expression)
      }
      return Schedule(
        "multi_step", [AttributeValue(milestones, places), AttributeValue(factor, base)],
        factor: expression)
    }
  }
}
