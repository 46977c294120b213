import Diagnostics

/// A line for each epoch, as the reference prints it.
package struct PlainReport: TrainingReport {
  private let write: @Sendable (String) -> Void

  /// A report that hands its lines, without their ends, to `write`.
  package init(write: @escaping @Sendable (String) -> Void) { self.write = write }

  /// Writes the epoch's line.
  package mutating func didEnd(_ result: EpochResult) { write(Self.line(result)) }

  /// `Epoch 0. Loss: 0.060423938439, Train_acc 0.988017, Test_acc 0.9883`, or with the losses where
  /// there is no accuracy.
  package static func line(_ result: EpochResult) -> String {
    let start = "Epoch \(result.epoch). Loss: \(shortest(result.loss, digits: 12))"
    if let training = result.training.accuracy, let test = result.test.accuracy {
      return
        "\(start), Train_acc \(shortest(training, digits: 6)), Test_acc \(shortest(test, digits: 6))"
    }
    return "\(start), Train_loss \(shortest(result.training.loss, digits: 6)), "
      + "Test_loss \(shortest(result.test.loss, digits: 6))"
  }
}
