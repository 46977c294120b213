import IR

extension Model {
  /// The model of one of `processes` that a batch lies across: its batch is the largest share.
  ///
  /// Where examples are mixed with those that are as far from the end of the batch as they are from its
  /// start, a share has pairs of these.
  func sharing(among processes: Int) -> Model {
    if processes <= 1 { return self }
    var shared = self
    let batch = training.batch
    let share =
      mixesExamples
      ? 2 * (((batch + 1) / 2 + processes - 1) / processes) : (batch + processes - 1) / processes
    shared.training.dividedBatch = batch
    shared.training.batch = share
    return shared
  }
}
