import Diagnostics

/// The epochs that are done as tensors: what curves, logs and the last lines need of them. Not a number
/// stands for what an epoch does not have.
enum EpochHistory {
  private static let prefix = "history/"
  private static let epochs = prefix + "epochs"
  private static let width = 6
  private static let parts: [(name: String, of: @Sendable (EpochResult) -> Evaluation)] = [
    ("train", \.training), ("judged", \.test),
  ]

  /// `history/epochs`, [epochs, 6], and of each metric that is a number `history/train/NAME` and
  /// `history/judged/NAME`, [epochs].
  static func tensors(of epochs: [EpochResult]) throws -> [(name: String, tensor: Tensor)] {
    guard let last = epochs.last else { return [] }
    let rows = epochs.map { one in
      [
        one.loss, one.training.loss, one.test.loss, one.learningRate ?? .nan, one.trainSeconds,
        one.imagesPerSecond,
      ]
    }
    var tensors = [
      (Self.epochs, try Tensor(shape: [epochs.count, width], values: rows.flatMap(\.self)))
    ]
    for (part, evaluation) in parts {
      for metric in last.test.metrics.all where metric.isNumber {
        let values = epochs.map { evaluation($0).metrics[metric.name]?.number ?? .nan }
        tensors.append(
          ("\(prefix)\(part)/\(metric.name)", try Tensor(shape: [epochs.count], values: values)))
      }
    }
    return tensors
  }

  /// The `count` epochs of a file, which were judged by `judge`.
  ///
  /// - Throws: a failure without a path where it has others.
  static func epochs(of file: SafeTensors, count: Int, judge: Dataset.Part) throws -> [EpochResult]
  {
    if count == 0 { return [] }
    let values = try numbers(epochs, [count, width], of: file)
    var results = (0..<count).map { epoch in
      let row = Array(values[epoch * width..<(epoch + 1) * width])
      return EpochResult(
        epoch: epoch, loss: row[0], training: Evaluation(loss: row[1]),
        test: Evaluation(loss: row[2]), judge: judge, learningRate: row[3].isNaN ? nil : row[3],
        trainSeconds: row[4], imagesPerSecond: row[5])
    }
    let start = "\(prefix)judged/"
    for name in file.names.filter({ $0.hasPrefix(start) }).map({ $0.dropFirst(start.count) }) {
      let words = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard words.count <= 2, let metric = words.last.flatMap({ Metric($0) }) else {
        throw Failure("is damaged: no metric is called '\(name.prefix(80))'")
      }
      let target = words.count == 2 ? words[0] : nil
      let training = try numbers("\(prefix)train/\(name)", [count], of: file)
      let judged = try numbers(start + name, [count], of: file)
      func result(_ number: Double) -> MetricResult {
        MetricResult(metric, .number(number.isNaN ? nil : number), target: target)
      }
      for epoch in results.indices {
        results[epoch].training.metrics.all.append(result(training[epoch]))
        results[epoch].test.metrics.all.append(result(judged[epoch]))
      }
    }
    return results
  }

  private static func numbers(_ name: String, _ shape: [Int], of file: SafeTensors) throws
    -> [Double]
  {
    guard let tensor = try file.tensor(name), tensor.shape == shape, tensor.type == .float64 else {
      throw Failure("is damaged: '\(name.prefix(80))' does not tell of the \(shape[0]) epochs done")
    }
    return tensor.values
  }
}
