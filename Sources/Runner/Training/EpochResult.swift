/// What an epoch came to.
package struct EpochResult: Hashable, Sendable, Encodable {
  /// The epoch, counted from 0.
  package var epoch: Int
  /// The moving loss at its end.
  package var loss: Double
  /// Over the whole training set, with running statistics.
  package var training: Evaluation
  /// Over the test set, or over the validation set where there is one: what the epoch is judged by.
  package var test: Evaluation
  /// Which of them.
  package var judge = Dataset.Part.test
  /// Of its last step, where a schedule changes it.
  package var learningRate: Double?
  /// Of training alone, without evaluation.
  package var trainSeconds: Double
  /// Of training alone.
  package var imagesPerSecond: Double

  private enum CodingKeys: String, CodingKey {
    case epoch, loss
    case trainAccuracy = "train_accuracy"
    case testAccuracy = "test_accuracy"
    case validationAccuracy = "validation_accuracy"
    case learningRate = "learning_rate"
    case trainSeconds = "train_seconds"
    case imagesPerSecond = "images_per_second"
    case trainMetrics = "train_metrics"
    case testMetrics = "test_metrics"
    case validationMetrics = "validation_metrics"
  }

  /// Accuracies are null, not missing, where the targets are real values, and so is a learning rate
  /// that never changes. Metrics that were asked for are objects by their words.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(epoch, forKey: .epoch)
    try container.encode(loss, forKey: .loss)
    try container.encode(training.accuracy, forKey: .trainAccuracy)
    let isValidation = judge == .validation
    try container.encode(
      test.accuracy, forKey: isValidation ? .validationAccuracy : .testAccuracy)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(trainSeconds, forKey: .trainSeconds)
    try container.encode(imagesPerSecond, forKey: .imagesPerSecond)
    if !training.extraMetrics.all.isEmpty {
      try container.encode(training.extraMetrics, forKey: .trainMetrics)
      try container.encode(
        test.extraMetrics, forKey: isValidation ? .validationMetrics : .testMetrics)
    }
  }
}
