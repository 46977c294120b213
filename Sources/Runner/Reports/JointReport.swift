/// Several reports as one: each is told everything, in order, until it fails. A training does not end for
/// that: the failure is told at once, and is there in the end.
package struct JointReport: TrainingReport {
  private var reports: [any TrainingReport]
  private let tell: @Sendable (any Error) -> Void
  /// Of the first report that failed.
  package private(set) var failure: (any Error)?

  /// A report to all of `reports`; `tell` is handed what goes wrong.
  package init(_ reports: [any TrainingReport], tell: @escaping @Sendable (any Error) -> Void) {
    self.reports = reports
    self.tell = tell
  }

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

  /// Passed on; a report that fails is told nothing more.
  package mutating func didEnd(_ result: EpochResult) {
    var left: [any TrainingReport] = []
    for var report in reports {
      do {
        try report.didEnd(result)
        left.append(report)
      } catch {
        tell(error)
        failure = failure ?? error
      }
    }
    reports = left
  }

  /// Passed on.
  package mutating func didStop() {
    for index in reports.indices { reports[index].didStop() }
  }
}
