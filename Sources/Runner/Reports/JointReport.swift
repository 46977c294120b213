/// Several reports as one: each is told everything, in order.
package struct JointReport: TrainingReport {
  private var reports: [any TrainingReport]

  /// A report to all of `reports`.
  package init(_ reports: [any TrainingReport]) { self.reports = reports }

  /// Passed on.
  package mutating func begin(epochs: Int, stepsPerEpoch: Int, examplesPerEpoch: Int) {
    for index in reports.indices {
      reports[index].begin(
        epochs: epochs, stepsPerEpoch: stepsPerEpoch, examplesPerEpoch: examplesPerEpoch)
    }
  }

  /// Passed on.
  package mutating func didSchedule(learningRate: Double) {
    for index in reports.indices { reports[index].didSchedule(learningRate: learningRate) }
  }

  /// Passed on.
  package mutating func didStep(epoch: Int, step: Int, loss: Double) {
    for index in reports.indices { reports[index].didStep(epoch: epoch, step: step, loss: loss) }
  }

  /// Passed on.
  package mutating func willEvaluate(epoch: Int) {
    for index in reports.indices { reports[index].willEvaluate(epoch: epoch) }
  }

  /// Passed on, until one fails.
  package mutating func didEnd(_ result: EpochResult) throws {
    for index in reports.indices { try reports[index].didEnd(result) }
  }

  /// Passed on.
  package mutating func didStop() {
    for index in reports.indices { reports[index].didStop() }
  }
}
