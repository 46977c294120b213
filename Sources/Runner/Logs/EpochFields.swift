/// What a log says of an epoch: numbers under names, in order.
struct EpochFields: Hashable, Sendable {
  /// A number, or nil where the examples do not say it.
  struct Field: Hashable, Sendable {
    /// `accuracy`
    let metric: String
    /// Of which part of the data: `train`, `test` or `validation`, where it is of one.
    let part: String?
    let value: Double?

    /// `train_accuracy`
    var name: String { (part.map { $0 + "_" } ?? "") + metric }
    /// `accuracy/train`: TensorBoard draws what begins alike together.
    var tag: String { metric + (part.map { "/" + $0 } ?? "") }
  }

  private(set) var all: [Field] = []

  /// The fields of an epoch: `epoch`, the moving `loss`, then of the losses and of every metric that is
  /// one number `train_NAME` and `test_NAME` or `validation_NAME`, then rates and times.
  ///
  /// - Parameter learningRate: That of epochs that no schedule changes it in.
  init(_ result: EpochResult, learningRate: Double) {
    add("epoch", Double(result.epoch))
    add("loss", result.loss)
    let judge = result.judge.rawValue
    add("loss", of: "train", result.training.loss)
    add("loss", of: judge, result.test.loss)
    for metric in result.test.metrics.all where metric.isNumber {
      let name = metric.name
      add(name, of: "train", result.training.metrics[name]?.number)
      add(name, of: judge, metric.number)
    }
    add("learning_rate", result.learningRate ?? learningRate)
    add("train_seconds", result.trainSeconds)
    add("images_per_second", result.imagesPerSecond)
  }

  /// The same fields with the numbers that `other` has of them.
  func filled(from other: EpochFields) -> EpochFields {
    let values = Dictionary(other.all.map { ($0.name, $0.value) }) { first, _ in first }
    var filled = self
    filled.all = all.map {
      Field(metric: $0.metric, part: $0.part, value: values[$0.name] ?? nil)
    }
    return filled
  }

  private mutating func add(_ metric: String, of part: String? = nil, _ value: Double?) {
    all.append(
      Field(metric: metric, part: part, value: value.flatMap { $0.isFinite ? $0 : nil }))
  }
}

extension MetricResult {
  /// Whether it is told as one number, even where the examples do not say it.
  var isNumber: Bool {
    if case .matrix = value { false } else { true }
  }
}
