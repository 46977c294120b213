/// When the learning rate falls because the network stopped getting better: after more than
/// `patience` epochs in which the metric was no better than the best one so far.
package struct Plateau: Hashable, Sendable {
  /// What the evaluation after each epoch is judged by.
  package let metric: Metric
  /// What the learning rate is multiplied by.
  package let factor: Double
  /// Epochs without improvement that are let pass.
  package let patience: Int
  /// Epochs after a fall that are not counted.
  package let cooldown: Int
  /// By how much a value must be better than the best one.
  package let threshold: Double
  /// What `threshold` is measured in.
  package let mode: ThresholdMode
  /// The part of the learning rate that it never falls below.
  package let end: Double

  /// A part of the best value, or a difference from it.
  package enum ThresholdMode: String, Hashable, Sendable, CaseIterable { case rel, abs }

  /// What an evaluation may be judged by; the runner has a metric for each.
  package enum Metric: String, Hashable, Sendable, CaseIterable {
    case loss, accuracy, top5, precision, recall, f1, auc
    case meanAbsoluteError = "mean_absolute_error"
    case meanSquaredError = "mean_squared_error"
    case rootMeanSquaredError = "root_mean_squared_error"
    case r2
  }

  package init(
    metric: Metric, factor: Double, patience: Int, cooldown: Int, threshold: Double,
    mode: ThresholdMode, end: Double
  ) {
    self.metric = metric
    self.factor = factor
    self.patience = patience
    self.cooldown = cooldown
    self.threshold = threshold
    self.mode = mode
    self.end = end
  }
}

extension Plateau.Metric {
  /// Whether an evaluation has it of what `loss` compares with `target`: as the runner's metrics it is of
  /// classes, of labels or of real values, and some have room for so many classes only.
  package func fits(_ target: Target.Kind, _ loss: any LossFunction) -> Bool {
    let isOfValues = target.classCount == 0
    let isOfLabels = isOfValues && loss.isOfLabels
    var classes = target.classCount
    if case .values(let shape) = target, loss.probabilities == .softmax { classes = shape.channels }
    return switch self {
    case .loss: true
    case .accuracy: classes > 0 || isOfLabels
    case .top5: classes >= 5
    case .precision, .recall, .f1: (1...4096).contains(classes) || isOfLabels
    case .auc: (1...1000).contains(classes) || isOfLabels
    case .meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError, .r2: isOfValues
    }
  }
}
