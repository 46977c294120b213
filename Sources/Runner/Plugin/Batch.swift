import PluginABI

/// Some examples as an entry point takes them: pointers into memory that somebody else keeps.
package struct Batch {
  /// Of each input rows of one example each.
  package var inputs: [UnsafeRawPointer?]
  /// Of each target classes or rows of real values; nil where there are none.
  var targets: [UnsafeRawPointer?]
  /// Of each input BNC_UINT8 or BNC_REAL.
  var inputTypes: [Int32]
  /// The row of each example; nil: row i is example i.
  var rows: UnsafePointer<UInt32>?
  var count: Int

  /// Calls `body` with the batch as the interface has it.
  func withTable<Result>(_ body: (UnsafePointer<bnc_batch>) throws -> Result) rethrows -> Result {
    try inputs.withUnsafeBufferPointer { inputs in
      try targets.withUnsafeBufferPointer { targets in
        try inputTypes.withUnsafeBufferPointer { types in
          var batch = bnc_batch(
            inputs: inputs.baseAddress, targets: targets.baseAddress,
            input_types: types.baseAddress, rows: rows, count: Int32(count), reserved: 0)
          return try body(&batch)
        }
      }
    }
  }
}

/// What a step is told beside its examples.
package struct StepSettings: Hashable, Sendable {
  /// 1 for the first step of a training.
  package var step: UInt64
  /// Of what is drawn in a step.
  package var seed: UInt64
  /// In the order of the plugin's table.
  package var hyperparameters: [Double]
  /// Which of the passes of the step it is, and how many there are.
  package var pass = 0
  package var passes = 1
  /// The examples of all passes; nil: those of this one.
  package var examples: Int?
  /// The epoch, from 0.
  package var epoch: UInt64 = 0
  /// How many steps the training has; 0 where nobody knows.
  package var steps: UInt64 = 0
  /// Examples of this pass over all processes, and how many of them come before this one's; nil: those
  /// of this process are all.
  package var whole: Int?
  package var first = 0

  package init(step: UInt64, seed: UInt64, hyperparameters: [Double]) {
    self.step = step
    self.seed = seed
    self.hyperparameters = hyperparameters
  }

  /// Calls `body` with the settings as the interface has them.
  func withTable<Result>(_ body: (UnsafePointer<bnc_step>) throws -> Result) rethrows -> Result {
    try hyperparameters.withUnsafeBufferPointer { values in
      var table = bnc_step(
        step: step, seed: seed, hyperparameters: values.baseAddress,
        examples: UInt64(examples ?? 0), pass: UInt32(pass), passes: UInt32(passes), epoch: epoch,
        steps: steps, whole: UInt32(whole ?? 0), first: UInt32(first))
      return try body(&table)
    }
  }
}
