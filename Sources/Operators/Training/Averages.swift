import IR

private let decay = Key.real(
  "decay", atLeast: 0, atMost: 1, default: 0.999, "the weight of the old average")
private let every = Key.whole(
  "k", in: 1...Limits.steps, default: 5, "how many steps the slow weights wait")
private let pull = Key.real(
  "alpha", atLeast: 0, atMost: 1, default: 0.5,
  "how much of the way to the parameters the slow weights go")
private let lastPull = Key.real(
  "end_alpha", atLeast: 0, atMost: 1, says: "alpha", "what alpha becomes in the last step")
private let power = Key.real(
  "power", atLeast: 0, default: 1,
  "the power of the part of the training that is over, by which it does")
private let start = Key.whole(
  "start", in: 0...Limits.epochs.upperBound, default: 0,
  "for how many epochs the slow weights are the parameters first")

extension Definition<Averaging> {
  /// `average ema(0.999)`: an exponential moving average of the parameters, which begins with those
  /// after the first step, as that of PyTorch's AveragedModel with get_ema_multi_avg_fn.
  package static var ema: Self {
    Self(
      "ema", "an exponential moving average of the parameters", positional: [decay.parameter]
    ) { arguments throws(ArgumentError) in
      let weight = try arguments.value(decay)
      guard weight < 1 else {
        throw ArgumentError(decay.name, "must be smaller than 1, or the average never moves")
      }
      let (average, share) = (
        ScalarExpression.variable("average"), ScalarExpression.variable("average_share")
      )
      return Averaging(
        "ema", [AttributeValue(decay, weight)], slot: .init("average"),
        scalars: [.init("average_share", .select(Optimizer.step <= 1, 0, .constant(weight)))],
        after: [.init("average", share * average + (1 - share) * Optimizer.parameter)])
    }
  }

  /// `average lookahead(k: 5, alpha: 0.5)` (Zhang et al., 2019): after k steps slow weights go a part
  /// of the way to the parameters, which go on from there. The part can change over the training, and
  /// the slow weights be the parameters in the first epochs, as airbench94 has it:
  ///
  ///     part of step t of T = alpha + (end_alpha - alpha) (t / T)^power
  package static var lookahead: Self {
    Self(
      "lookahead", "slow weights, which follow the parameters, and to which these return",
      keyed: [
        every.parameter, pull.parameter, lastPull.parameter, power.parameter, start.parameter,
      ]
    ) { arguments throws(ArgumentError) in
      let (count, share) = (try arguments.value(every), try arguments.value(pull))
      let (last, bend) = (arguments.given(lastPull), arguments.given(power))
      if last == nil, bend != nil {
        throw ArgumentError(
          power.name, "says how alpha goes to 'end_alpha', which is not given")
      }
      let rest = try arguments.value(start)
      let (slow, p, t) = (ScalarExpression.variable("slow"), Optimizer.parameter, Optimizer.step)
      let k = ScalarExpression.constant(Double(count))
      let isKth = t - k * .floor(t / k) < 1
      func afterStart(_ value: ScalarExpression, before: ScalarExpression) -> ScalarExpression {
        rest == 0 ? value : .select(Optimizer.epoch < .constant(Double(rest)), before, value)
      }
      return Averaging(
        "lookahead",
        [AttributeValue(every, count), AttributeValue(pull, share)]
          + (last.map {
            [AttributeValue(lastPull, $0), AttributeValue(power, bend ?? power.fallback ?? 1)]
          } ?? []) + (rest > 0 ? [AttributeValue(start, rest)] : []),
        slot: .init("slow"),
        scalars: [
          .init("is_first", .select(t <= 1, 1, 0)),
          .init("returns", afterStart(.select(isKth, 1, 0), before: 0)),
          .init(
            "slow_share",
            afterStart(
              .select(isKth, part(from: share, to: last, bend ?? power.fallback ?? 1), 0), before: 1
            )
          ),
        ],
        before: [.init("slow", .select(0 < .variable("is_first"), p, slow))],
        after: [
          .init("slow", slow + .variable("slow_share") * (p - slow)),
          .init("p", .select(0 < .variable("returns"), slow, p)),
        ])
    }
  }

  /// How much of the way slow weights go in step t.
  private static func part(from alpha: Double, to end: Double?, _ power: Double) -> ScalarExpression
  {
    guard let end else { return .constant(alpha) }
    let progress = ScalarExpression.min(Optimizer.step / .max(Optimizer.steps, 1), 1)
    return .constant(alpha) + .constant(end - alpha)
      * (power == 1 ? progress : .power(progress, .constant(power)))
  }
}
