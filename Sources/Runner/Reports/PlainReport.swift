import Diagnostics

/// A line for each epoch, as the reference prints it.
package struct PlainReport: TrainingReport {
  private let write: @Sendable (String) -> Void

  /// A report that hands its lines, without their ends, to `write`.
  package init(write: @escaping @Sendable (String) -> Void) { self.write = write }

  /// Writes the epoch's line.
  package mutating func didEnd(_ result: EpochResult) { write(Self.line(result)) }

  /// `Epoch 0. Loss: 0.060423938439, Train_acc 0.988017, Test_acc 0.9883`, or with the losses where
  /// there is no accuracy, then the metrics that were asked for; `, Learning_rate 0.05` follows where a
  /// schedule changes it. `Validation` takes the place of `Test` where epochs are judged by that.
  package static func line(_ result: EpochResult) -> String {
    let judge = result.judge == .validation ? "Validation" : "Test"
    var values = [("Train_loss", result.training.loss), ("\(judge)_loss", result.test.loss)]
    if let training = result.training.accuracy, let test = result.test.accuracy {
      values = [("Train_acc", training), ("\(judge)_acc", test)]
    }
    for test in result.test.extraMetrics.all {
      guard let number = test.number else { continue }
      let name = test.name
      if let training = result.training.metrics[name]?.number {
        values.append(("Train_\(name)", training))
      }
      values.append(("\(judge)_\(name)", number))
    }
    if let rate = result.learningRate { values.append(("Learning_rate", rate)) }
    return "Epoch \(result.epoch). Loss: \(shortest(result.loss, digits: 12))"
      + values.map { ", \($0.0) \(shortest($0.1, digits: 6))" }.joined()
  }
}
