/// Who is told how training goes.
package protocol TrainingReport {
  /// Training is about to start.
  mutating func begin(epochs: Int, stepsPerEpoch: Int, examplesPerEpoch: Int)
  /// A schedule gave a step, of which `didStep` tells next, this learning rate. Called as often.
  mutating func didSchedule(learningRate: Double)
  /// A step is done; `loss` is the moving loss. Called often: it must cost nothing.
  mutating func didStep(epoch: Int, step: Int, loss: Double)
  /// An epoch's steps are done, both sets are about to be evaluated.
  mutating func willEvaluate(epoch: Int)
  /// An epoch is done.
  mutating func didEnd(_ result: EpochResult) throws
  /// Training ends within an epoch.
  mutating func didStop()
}

extension TrainingReport {
  /// Says nothing.
  package mutating func begin(epochs: Int, stepsPerEpoch: Int, examplesPerEpoch: Int) {}
  /// Says nothing.
  package mutating func didSchedule(learningRate: Double) {}
  /// Says nothing.
  package mutating func didStep(epoch: Int, step: Int, loss: Double) {}
  /// Says nothing.
  package mutating func willEvaluate(epoch: Int) {}
  /// Says nothing.
  package mutating func didStop() {}
}

/// Tells nobody.
package struct SilentReport: TrainingReport {
  /// A report without listeners.
  package init() {}
  /// Says nothing.
  package mutating func didEnd(_ result: EpochResult) {}
}
