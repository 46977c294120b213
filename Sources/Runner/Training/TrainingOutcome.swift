extension Trainer {
  /// Which epoch's weights are kept.
  package enum Keeping: String, Hashable, Sendable, CaseIterable {
    case last, best
  }

  /// Why training ended.
  package enum Ending: Hashable, Sendable {
    case completed
    /// So many epochs were no better than one before them.
    case noImprovement(epochs: Int)
    /// By a signal; the step that was under way is done.
    case stopped(signal: Int32)
    /// The last weights of a finite loss are back in place. `step` counts from 0 within its epoch;
    /// nil means in the evaluation after it.
    case notFinite(Network.NotFinite, epoch: Int, step: Int?)
  }

  /// What training came to.
  package struct Outcome: Hashable, Sendable {
    /// The epochs that were trained to their end.
    package var epochs: [EpochResult]
    /// Why there are no more.
    package var ending: Ending
    /// The part of the data that they were judged by.
    package var judge: Dataset.Part
    /// What the best of them is the best in.
    package var monitor: Monitor
    /// The best of them.
    package var best: BestEpoch?
    /// The epoch whose weights the network holds, where these are the best ones.
    package var bestKept: Int?
    /// Over the test set with the weights that the network holds, where another part judged the
    /// epochs.
    package var test: Evaluation?
  }
}
