import IR

/// Along what the rate goes from one value to another.
private enum Anneal: String, CaseIterable { case cos, linear }

private let rise = Key.real(
  "pct_start", atLeast: 0, atMost: 1, default: 0.3, "the part of the training that the rate rises")
private let division = Key.real(
  "div_factor", atLeast: 1, default: 25, "the learning rate over that of the first step")
private let finalDivision = Key.real(
  "final_div_factor", atLeast: 1, default: 10000, "the rate of the first step over the last one's")
private let strategy = Key<Anneal>.choice(
  "anneal_strategy", default: .cos, "along what the rate rises and falls")
private let cycles = Key.flag(
  "cycle_momentum", default: true,
  "whether the momentum, or beta1, falls where the rate rises and rises where it falls, whatever the "
    + "optimizer says of it")
private let base = Key.real(
  "base_momentum", atLeast: 0, atMost: 1, default: 0.85, "the momentum where the rate is largest")
private let most = Key.real(
  "max_momentum", atLeast: 0, atMost: 1, default: 0.95,
  "the momentum of the first and the last step")

extension Definition<Schedule> {
  /// `one_cycle(pct_start: 0.3, div_factor: 25, final_div_factor: 10000, anneal_strategy: cos)`: from
  /// 1 / div_factor to 1 in the first `pct_start` of the steps, then down to 1 / (div_factor
  /// final_div_factor) in the last (Smith and Topin, 2019, in two phases as in PyTorch). The momentum
  /// goes from `max_momentum` to `base_momentum` and back in the same phases.
  package static var oneCycle: Self {
    Self(
      "one_cycle", "the learning rate rises to its value and falls far below where it began",
      keyed: [
        rise.parameter, division.parameter, finalDivision.parameter, strategy.parameter,
        cycles.parameter, base.parameter, most.parameter,
      ]
    ) { arguments throws(ArgumentError) in
      let (part, anneal) = (try arguments.value(rise), try arguments.value(strategy))
      let (first, second) = (try arguments.value(division), try arguments.value(finalDivision))
      let (start, end) = (1 / first, 1 / first / second)
      let cyclesMomentum = try arguments.value(cycles)
      let (least, largest) = (try arguments.value(base), try arguments.value(most))
      guard largest < 1 else {
        throw ArgumentError(most.name, "must be smaller than 1, or gradients are never forgotten")
      }
      guard least <= largest else {
        throw ArgumentError(
          base.name,
          "must be max_momentum at most, and \(least) is more than \(largest)")
      }
      /// From `start` to `peak` in the first phase, to `end` in the second, which stays.
      func cycle(_ start: Double, _ peak: Double, _ end: Double) -> ScalarExpression {
        let (place, steps) = (Schedule.step - 1, Schedule.steps)
        // The steps of the two phases; the second one has a length where it has a step.
        let top = .constant(part) * steps - 1
        let length = ScalarExpression.max(.constant(1 - part) * steps, 1e-30)
        return .select(
          steps < Schedule.step, .constant(end),
          .select(
            place < top, anneal.from(start, to: peak, at: place / top),
            anneal.from(peak, to: end, at: (place - top) / length)))
      }
      return Schedule(
        "one_cycle",
        [
          AttributeValue(rise, part), AttributeValue(division, first),
          AttributeValue(finalDivision, second), AttributeValue(strategy, anneal.rawValue),
          AttributeValue(cycles, cyclesMomentum), AttributeValue(base, least),
          AttributeValue(most, largest),
        ],
        factor: cycle(start, 1, end),
        momentum: cyclesMomentum ? cycle(largest, least, largest) : nil)
    }
  }
}

extension Anneal {
  /// From `start` at 0 to `end` at 1.
  func from(_ start: Double, to end: Double, at place: ScalarExpression) -> ScalarExpression {
    let (start, end) = (ScalarExpression.constant(start), ScalarExpression.constant(end))
    return switch self {
    case .cos: end + (start - end) / 2 * (1 + .cos(.constant(.pi) * place))
    case .linear: start + (end - start) * place
    }
  }
}
