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
private let three = Key.flag(
  "three_phase", default: false,
  "whether the rate falls as it rose, back to that of the first step, before it falls further")
private let base = Key.real(
  "base_momentum", atLeast: 0, atMost: 1, default: 0.85, "the momentum where the rate is largest")
private let most = Key.real(
  "max_momentum", atLeast: 0, atMost: 1, default: 0.95,
  "the momentum of the first and the last step")

extension Definition<Schedule> {
  /// `one_cycle(pct_start: 0.3, div_factor: 25, final_div_factor: 10000, anneal_strategy: cos)`: from
  /// 1 / div_factor to 1 in the first `pct_start` of the steps, then down to 1 / (div_factor
  /// final_div_factor) in the last, in two phases as PyTorch's OneCycleLR; with `three_phase` down to
  /// 1 / div_factor in as many steps as up, and then to the last (Smith and Topin, 2019). The momentum
  /// goes from `max_momentum` to `base_momentum` and back in the first two phases.
  package static var oneCycle: Self {
    Self(
      "one_cycle", "the learning rate rises to its value and falls far below where it began",
      keyed: [
        rise.parameter, division.parameter, finalDivision.parameter, strategy.parameter,
        three.parameter, cycles.parameter, base.parameter, most.parameter,
      ]
    ) { arguments throws(ArgumentError) in
      let phases = Phases(
        part: try arguments.value(rise), anneal: try arguments.value(strategy),
        areThree: try arguments.value(three))
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
      guard !phases.areThree || phases.part <= 0.5 else {
        throw ArgumentError(
          rise.name, "must be 0.5 at most with 'three_phase: true', as the fall takes as many steps"
        )
      }
      return Schedule(
        "one_cycle",
        [
          AttributeValue(rise, phases.part), AttributeValue(division, first),
          AttributeValue(finalDivision, second), AttributeValue(strategy, phases.anneal.rawValue),
          AttributeValue(three, phases.areThree), AttributeValue(cycles, cyclesMomentum),
          AttributeValue(base, least), AttributeValue(most, largest),
        ],
        factor: phases.cycle(start, 1, end),
        momentum: cyclesMomentum ? phases.cycle(largest, least, largest) : nil)
    }
  }
}

/// The phases of a cycle: a rise, and one fall or two.
private struct Phases {
  /// The part of the training that the rise takes.
  let part: Double
  let anneal: Anneal
  /// Whether a fall as long as the rise ends where that began, and another one follows.
  let areThree: Bool

  /// From `start` to `peak` in the first phase, and on to `end`, which stays.
  func cycle(_ start: Double, _ peak: Double, _ end: Double) -> ScalarExpression {
    let (place, steps) = (Schedule.step - 1, Schedule.steps)
    let top = .constant(part) * steps - 1
    // Phases have a length where they have a step.
    func length(_ steps: ScalarExpression) -> ScalarExpression { .max(steps, 1e-30) }
    let fall: ScalarExpression
    if areThree {
      let back = .constant(2 * part) * steps - 2
      fall = .select(
        place < back, anneal.from(peak, to: start, at: (place - top) / length(top)),
        anneal.from(start, to: end, at: (place - back) / length(steps - 1 - back)))
    } else {
      fall = anneal.from(
        peak, to: end, at: (place - top) / length(.constant(1 - part) * steps))
    }
    return .select(
      steps < Schedule.step, .constant(end),
      .select(place < top, anneal.from(start, to: peak, at: place / top), fall))
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
