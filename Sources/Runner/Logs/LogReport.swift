import Diagnostics
import Files

/// A log of a run in a file, a line for each epoch.
package struct LogReport: TrainingReport {
  private let path: String
  private let settings: RunSettings
  /// The epochs of the run that this one goes on from, until they are written.
  private var earlier: [EpochResult]
  private var file: AppendedFile?
  private let format: RunLogFormat
  private var hasNames = false

  /// Starts the log with the settings; of a run that goes on with its first epoch, for only then is it
  /// known what the lines of those before hold.
  ///
  /// - Throws: a failure that names the file where it cannot be written.
  package init(_ path: String, _ settings: RunSettings, earlier: [EpochResult] = []) throws {
    (self.path, self.settings, self.earlier) = (path, settings, earlier)
    format = try RunLogFormat(path: path)
    if earlier.isEmpty { file = try AppendedFile(path, start: Array(format.line(settings).utf8)) }
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
    let fields = EpochFields(result, learningRate: settings.learningRate)
    var lines = hasNames ? "" : format.names(of: fields)
    for one in earlier {
      let before = EpochFields(one, learningRate: settings.learningRate)
      lines += try format.line(fields.filled(from: before))
    }
    lines += try format.line(fields)
    if let file {
      try file.append(Array(lines.utf8))
    } else {
      file = try AppendedFile(path, start: Array((format.line(settings) + lines).utf8))
    }
    (earlier, hasNames) = ([], true)
  }
}
