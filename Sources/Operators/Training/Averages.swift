import IR

private let decay = Key.real(
  "decay", atLeast: 0, atMost: 1, default: 0.999, "the weight of the old average")
private let every = Key.whole(
  "k", in: 1...Limits.steps, default: 5, "how many steps the slow weights wait")
private let pull = Key.real(
  "alpha", atLeast: 0, atMost: 1, default: 0.5,
  "how much of the way to the parameters the slow weights go")

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
  /// of the way to the parameters, which go on from there.
  package static var lookahead: Self {
    Self(
      "lookahead", "slow weights, which follow the parameters, and to which these return",
      keyed: [every.parameter, pull.parameter]
    ) { arguments throws(ArgumentError) in
      let (count, share) = (try arguments.value(every), try arguments.value(pull))
      let (slow, p, t) = (ScalarExpression.variable("slow"), Optimizer.parameter, Optimizer.step)
      let (isFirst, part) = (
        ScalarExpression.variable("is_first"), ScalarExpression.variable("slow_share")
      )
      let k = ScalarExpression.constant(Double(count))
      return Averaging(
        "lookahead", [AttributeValue(every, count), AttributeValue(pull, share)],
        slot: .init("slow"),
        scalars: [
          .init("is_first", .select(t <= 1, 1, 0)),
          .init("returns", .select(t - k * .floor(t / k) < 1, 1, 0)),
          .init(
            "slow_share", .select(t - k * .floor(t / k) < 1, .constant(share), 0)),
        ],
        before: [.init("slow", .select(0 < isFirst, p, slow))],
        after: [
          .init("slow", slow + part * (p - slow)),
          .init("p", .select(0 < .variable("returns"), slow, p)),
        ])
    }
  }
}
