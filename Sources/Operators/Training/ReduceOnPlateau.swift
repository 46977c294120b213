import IR

private let metric = Key<Plateau.Metric>.choice(
  "metric", default: .loss, "what the test after each epoch is judged by")
private let factor = Key.real(
  "factor", atLeast: 0, atMost: 1, default: 0.1,
  "the part of the learning rate that is left each time it falls")
private let patience = Key.whole(
  "patience", in: 0...Limits.epochs.upperBound, default: 10,
  "how many epochs in a row may be no better before the rate falls")
private let cooldown = Key.whole(
  "cooldown", in: 0...Limits.epochs.upperBound, default: 0,
  "how many epochs after a fall are not counted")
private let threshold = Key.real(
  "threshold", atLeast: 0, default: 1e-4, "how much better than the best one a test must be")
private let mode = Key<Plateau.ThresholdMode>.choice(
  "threshold_mode", default: .rel, "whether that is a part of the best one, or a difference")
private let end = Key.real(
  "end", atLeast: 0, atMost: 1, default: 0,
  "the part of the learning rate that it does not fall below")

extension Definition<Schedule> {
  /// `plateau(metric: loss, factor: 0.1, patience: 10)`: the learning rate as it is until the test
  /// was no better for more than `patience` epochs, then `factor` of it, and so on. Keys and
  /// defaults are those of PyTorch's `ReduceLROnPlateau`.
  package static var plateau: Self {
    Self(
      "plateau", "the learning rate falls by a factor when the test stops getting better",
      keyed: [
        metric.parameter, factor.parameter, patience.parameter, cooldown.parameter,
        threshold.parameter, mode.parameter, end.parameter,
      ]
    ) { arguments throws(ArgumentError) in
      let plateau = Plateau(
        metric: try arguments.value(metric), factor: try arguments.value(factor),
        patience: try arguments.value(patience), cooldown: try arguments.value(cooldown),
        threshold: try arguments.value(threshold), mode: try arguments.value(mode),
        end: try arguments.value(end))
      return Schedule(
        "plateau",
        [
          AttributeValue(metric, plateau.metric.rawValue), AttributeValue(factor, plateau.factor),
          AttributeValue(patience, plateau.patience), AttributeValue(cooldown, plateau.cooldown),
          AttributeValue(threshold, plateau.threshold), AttributeValue(mode, plateau.mode.rawValue),
          AttributeValue(end, plateau.end),
        ], factor: 1, plateau: plateau)
    }
  }
}
