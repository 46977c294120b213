import Diagnostics

/// How a log is written. Both begin with one line of the run's settings and go on with a line for each
/// epoch, so that a run that was killed leaves whole lines, and lines are all that is ever added.
package enum RunLogFormat: Hashable, Sendable {
  /// `# {settings}`, a line of names, a line of numbers for each epoch.
  case csv
  /// JSON Lines: `{"run": {settings}}`, then an object for each epoch.
  case json

  /// What the first line begins with.
  var start: String { self == .csv ? "# {" : #"{"run":{"# }

  /// The format that a file's name asks for.
  ///
  /// - Throws: a failure that names the file where it asks for none.
  package init(path: String) throws {
    let name = path.lowercased()
    if name.hasSuffix(".csv") {
      self = .csv
    } else if name.hasSuffix(".json") || name.hasSuffix(".jsonl") {
      self = .json
    } else {
      throw Failure(
        "a log is CSV or JSON Lines, as its file's name says", path: path,
        help: "name it *.csv, *.json or *.jsonl")
    }
  }

  /// The line of the settings.
  func line(_ settings: RunSettings) throws -> String {
    let text = try JSONText.of(settings)
    return self == .csv ? "# \(text)\n" : #"{"run":\#(text)}"# + "\n"
  }

  /// The line of the fields' names, where there is one.
  func names(of fields: EpochFields) -> String {
    self == .csv ? fields.all.map(\.name).joined(separator: ",") + "\n" : ""
  }

  /// The line of an epoch: numbers in as many digits as tell them from all others.
  func line(_ fields: EpochFields) throws -> String {
    switch self {
    case .csv: return fields.all.map { $0.value.map(plain) ?? "" }.joined(separator: ",") + "\n"
    case .json:
      let members = try fields.all.map {
        "\(try JSONText.of($0.name)):\($0.value.map(plain) ?? "null")"
      }
      return "{\(members.joined(separator: ","))}\n"
    }
  }
}
