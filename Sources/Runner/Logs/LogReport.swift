import Diagnostics
import Files

/// A log of a run in a file, a line for each epoch.
package struct LogReport: TrainingReport {
  private let file: AppendedFile
  private let format: RunLogFormat
  private let learningRate: Double
  private var hasNames: Bool

  /// Starts the log: the settings, and the epochs before those that are to come, of a run that goes
  /// on.
  ///
  /// - Throws: a failure that names the file where it cannot be written.
  package init(_ path: String, _ settings: RunSettings, earlier: [EpochResult] = []) throws {
    format = try RunLogFormat(path: path)
    learningRate = settings.learningRate
    hasNames = !earlier.isEmpty
    let rows = earlier.map { EpochFields($0, learningRate: settings.learningRate) }
    let names = rows.first.map(format.names) ?? ""
    let start = try format.line(settings) + names + rows.map(format.line).joined()
    file = try AppendedFile(path, start: Array(start.utf8))
  }

  /// Fails now, before hours of training, where a log cannot be written to `path`, or where it would
  /// take the place of a file that is none.
  package static func check(_ path: String) throws {
    _ = try RunLogFormat(path: path)
    try AtomicFile.checkWritable(path)
    guard try RunLog.mayReplace(path) else {
      throw Failure(
        "holds something else than the log of a run, which a log would replace", path: path,
        help: "name another file, or remove this one first")
    }
  }

  /// Appends the epoch's line.
  package mutating func didEnd(_ result: EpochResult) throws {
    let fields = EpochFields(result, learningRate: learningRate)
    let names = hasNames ? "" : format.names(of: fields)
    try file.append(Array((names + format.line(fields)).utf8))
    hasNames = true
  }
}
