/// What a training remembers of its tests for the learning rate to fall on a plateau.
struct PlateauProgress: Hashable, Sendable {
  /// What the learning rate is multiplied by now.
  var factor = 1.0
  /// The best value so far; nil before the first.
  var best: Double?
  /// Epochs in a row that were no better.
  var badEpochs = 0
  /// Epochs that are yet not counted.
  var cooldown = 0

  /// Takes the value of an epoch's test in, as PyTorch's `ReduceLROnPlateau` does.
  mutating func didEvaluate(_ value: Double?, _ monitor: Monitor, _ plateau: PluginPlateau) {
    if isBetter(value, monitor, plateau) {
      best = value
      badEpochs = 0
    } else {
      badEpochs += 1
    }
    if cooldown > 0 {
      cooldown -= 1
      badEpochs = 0
    }
    if badEpochs > plateau.patience {
      factor = max(factor * plateau.factor, plateau.end)
      cooldown = plateau.cooldown
      badEpochs = 0
    }
  }

  private func isBetter(_ value: Double?, _ monitor: Monitor, _ plateau: PluginPlateau) -> Bool {
    guard let best else { return monitor.isBetter(value, than: nil) }
    let sign = monitor.isBetterLarger ? 1.0 : -1
    let bar =
      plateau.isAbsolute
      ? best + sign * plateau.threshold : best * (1 + sign * plateau.threshold)
    return monitor.isBetter(value, than: bar)
  }
}
