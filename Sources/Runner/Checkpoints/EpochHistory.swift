import Diagnostics

/// The epochs that are done as a tensor [epochs, numbers]: what curves and the last lines need of
/// them.
enum EpochHistory {
  private static let width = 8

  /// A row for each epoch; not a number stands for what it does not have.
  static func tensor(of epochs: [EpochResult]) throws -> Tensor {
    let rows = epochs.map { one in
      [
        one.loss, one.training.loss, one.test.loss, one.training.accuracy ?? .nan,
        one.test.accuracy ?? .nan, one.learningRate ?? .nan, one.trainSeconds,
        one.imagesPerSecond,
      ]
    }
    return try Tensor(shape: [epochs.count, width], values: rows.flatMap(\.self))
  }

  /// The `count` epochs of a file's tensor, which were judged by `judge`.
  ///
  /// - Throws: a failure without a path where it has others.
  static func epochs(of tensor: Tensor?, count: Int, judge: Dataset.Part) throws -> [EpochResult] {
    if count == 0 { return [] }
    guard let tensor, tensor.shape == [count, width], tensor.type == .float64 else {
      throw Failure("is damaged: it does not tell of the \(count) epochs that are done")
    }
    let values = tensor.values
    return (0..<count).map { epoch in
      let row = Array(values[epoch * width..<(epoch + 1) * width])
      return EpochResult(
        epoch: epoch, loss: row[0], training: evaluation(row[1], accuracy: row[3]),
        test: evaluation(row[2], accuracy: row[4]), judge: judge,
        learningRate: row[5].isNaN ? nil : row[5],
        trainSeconds: row[6], imagesPerSecond: row[7])
    }
  }

  private static func evaluation(_ loss: Double, accuracy: Double) -> Evaluation {
    Evaluation(
      loss: loss,
      metrics: MetricResults(accuracy.isNaN ? [] : [MetricResult(.accuracy, .number(accuracy))]))
  }
}
