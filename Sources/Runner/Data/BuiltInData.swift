import Diagnostics

/// Examples that the program draws, for a machine without files and without a network: two half
/// moons for two classes of a vector, a straight line for real values, digits for all else.
package enum BuiltInData {
  /// A data set for a model of one input and one target.
  ///
  /// - Throws: a failure where the model has several, or its examples are of another kind.
  package static func dataset(format: ModelFormat, pool: ThreadPool) throws -> Dataset {
    guard let only = format.only else {
      throw Failure(
        "bnc draws no examples for a model of \(format.inputs.count) inputs and "
          + "\(format.targets.count) targets", help: "name a folder or a file with --data")
    }
    return try dataset(format: only, pool: pool)
  }

  /// A data set for a model, the same numbers on every machine.
  ///
  /// - Throws: a failure that says what is drawn where the model's examples are of another kind.
  package static func dataset(format: ExampleFormat, pool: ThreadPool) throws -> Dataset {
    if format.classes != nil, !format.targetShape.isEmpty {
      throw Failure(
        "bnc draws no examples with a class at each position, and the model's target is classes of "
          + "shape \(describe(shape: format.targetShape))",
        help: "name a folder or a file with --data")
    }
    if format.classes == nil { return try BuiltInLine.dataset(format: format) }
    if BuiltInMoons.fit(format) { return try BuiltInMoons.dataset(format: format) }
    return try BuiltInDigits.dataset(format: format, pool: pool)
  }

  /// The line that says what a command is `doing` to `count` examples that were drawn.
  package static func note(_ dataset: Dataset, _ doing: String, count: Int) -> String {
    "no --data: \(doing) \(grouped(count)) \(dataset.name)"
  }
}
