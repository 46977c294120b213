import Diagnostics

/// One JSON object for each epoch, on a line of its own.
package struct JSONReport: TrainingReport {
  private let write: @Sendable (String) -> Void

  /// A report that hands its lines, without their ends, to `write`.
  package init(write: @escaping @Sendable (String) -> Void) { self.write = write }

  /// Writes the epoch's object.
  package mutating func didEnd(_ result: EpochResult) throws {
    write(try JSONText.of(result))
  }
}
