import Diagnostics

/// Brings files, each of one example, into one array.
protocol ExampleReader {
  /// What the model wants.
  var format: ExampleFormat { get }
  /// The files that could not be read.
  var bad: BadFiles { get set }

  /// Reads the next example.
  mutating func read(_ path: String, label: Int) throws
  /// The examples that could be read; `path` is where all of them are from.
  func examples(path: String) throws -> Examples
  /// What has been done to the files, a line each.
  func notes(of path: String) -> [String]
}

extension ExampleReader {
  /// What `work` makes of a file; nil where it fails and bad files are left out.
  mutating func readable<Result>(_ path: String, _ work: () throws -> Result) throws -> Result? {
    do {
      return try work()
    } catch let failure as Failure {
      guard format.skipsBad else {
        throw Failure(
          failure.what, path: failure.path,
          help: failure.help ?? "--skip-bad leaves such files out, and says how many there are")
      }
      bad.files.append("\(path): \(failure.what)")
      return nil
    }
  }
}

/// Files that were left out.
struct BadFiles {
  /// Each with the reason.
  var files: [String] = []

  /// How many there are of `what`, and which are the first.
  func notes(of path: String, _ what: String) -> [String] {
    if files.isEmpty { return [] }
    let count = "\(grouped(files.count)) \(what)\(files.count == 1 ? "" : "s")"
    return ["\(path): \(count) left out that could not be read:"]
      + files.prefix(5).map { "  \($0)" }
      + (files.count > 5 ? ["  and \(files.count - 5) more"] : [])
  }
}
