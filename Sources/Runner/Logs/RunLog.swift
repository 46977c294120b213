import Diagnostics
import FoundationEssentials
import Glibc

/// The log of a run, read back.
package struct RunLog: Sendable {
  /// Where it is.
  package let path: String
  /// What the run was started with.
  package let settings: RunSettings
  /// How many epochs there are, from 0 on.
  package let epochs: Int
  private let columns: [String: [Double?]]

  private static let largestSize = 64 << 20
  private static let help = "name a file that bnc train --log has written"

  /// Reads a log. A last line without its end is one that was being written when the run was killed, and
  /// does not count.
  ///
  /// - Throws: a failure that names the file and the line.
  package init(_ path: String) throws {
    let file = try InputFile(path, mayBeGzipped: false)
    guard file.largestSize <= Self.largestSize else {
      throw Failure(
        "has \(grouped(file.largestSize)) bytes, and a log \(grouped(Self.largestSize)) at most",
        path: path, help: Self.help)
    }
    let bytes = try file.readBytes(file.largestSize, what: "log")
    guard let format = Self.format(ofFileThatBegins: bytes) else {
      throw Failure("is not the log of a run", path: path, help: Self.help)
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .dropLast()
    guard let first = lines.first else {
      throw Failure("ends within its first line", path: path, help: Self.help)
    }
    self.path = path
    settings = try Self.settings(first, format, path)
    var reader = RunLogReader(path: path, format: format, names: [])
    for line in lines.dropFirst() { try reader.add(line) }
    (epochs, columns) = (reader.epochs, reader.columns)
  }

  /// The numbers of a column, one for each epoch, nil where the examples did not say them; nil where
  /// there is no such column.
  package func column(_ name: String) -> [Double?]? { columns[name] }

  /// The columns in alphabetical order.
  package var columnNames: [String] { columns.keys.sorted() }

  /// What can be compared, in alphabetical order: the columns, and what they are of beside the part.
  package var metrics: [String] {
    let known = columns.keys.filter { $0 != "epoch" }
    let prefixes = ["train_", settings.judge + "_"]
    let bare = known.compactMap { name in
      prefixes.first {
        name.hasPrefix($0) && columns[settings.judge + "_" + name.dropFirst($0.count)] != nil
      }
      .map { String(name.dropFirst($0.count)) }
    }
    return Set(known + bare).sorted()
  }

  /// Whether a log may take the place of what is at `path`: nothing, an empty file or a log.
  static func mayReplace(_ path: String) throws -> Bool {
    guard access(path, F_OK) == 0 else { return true }
    let file = try InputFile(path, mayBeGzipped: false)
    let start = try file.readBytes(min(file.largestSize, 16), what: "log")
    return start.isEmpty || format(ofFileThatBegins: start) != nil
  }

  private static func format(ofFileThatBegins bytes: [UInt8]) -> RunLogFormat? {
    [.csv, .json].first { bytes.starts(with: Array($0.start.utf8)) }
  }

  private static func settings(
    _ line: ArraySlice<UInt8>, _ format: RunLogFormat, _ path: String
  ) throws -> RunSettings {
    struct Line: Decodable { let run: RunSettings }
    let settings =
      switch format {
      case .csv: try? JSONDecoder().decode(RunSettings.self, from: Data(line.dropFirst(2)))
      case .json: try? JSONDecoder().decode(Line.self, from: Data(line)).run
      }
    guard let settings, settings.judge == "test" || settings.judge == "validation" else {
      throw Failure(
        "does not hold the settings of a run in a form that is known here", path: "\(path):1",
        help: help)
    }
    return settings
  }
}

/// The epochs that were read so far.
private struct RunLogReader {
  let path: String
  let format: RunLogFormat
  /// Of the columns, in their order.
  var names: [String]
  var epochs = 0
  var columns: [String: [Double?]] = [:]
  private var line = 1

  init(path: String, format: RunLogFormat, names: [String]) {
    (self.path, self.format, self.names) = (path, format, names)
  }

  /// Takes a line after the first in, its end left out.
  mutating func add(_ bytes: ArraySlice<UInt8>) throws {
    line += 1
    // As programs of Windows end lines.
    let content = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
    guard let text = String(validating: content, as: UTF8.self) else {
      throw mistake("is not UTF-8 text")
    }
    switch format {
    case .json: try add(row: members(text))
    case .csv:
      let fields = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      if names.isEmpty {
        guard Set(fields).count == fields.count, fields.first == "epoch" else {
          throw mistake("is not a line of different names that begins with epoch")
        }
        names = fields
      } else {
        try add(row: numbers(fields))
      }
    }
  }

  private func members(_ text: String) throws -> [String: Double?] {
    guard let row = try? JSONDecoder().decode([String: Double?].self, from: Data(text.utf8)) else {
      throw mistake("is not a JSON object of numbers")
    }
    return row
  }

  private func numbers(_ fields: [String]) throws -> [String: Double?] {
    guard fields.count == names.count else {
      throw mistake("has \(fields.count) fields, and there are \(names.count) names")
    }
    var row: [String: Double?] = [:]
    for (name, field) in zip(names, fields) {
      let value = CSV.number(field)
      guard value != nil || field.isEmpty else {
        throw mistake("has '\(field.prefix(40))' for \(name.prefix(40)), not a number")
      }
      row.updateValue(value, forKey: name)
    }
    return row
  }

  private mutating func add(row: [String: Double?]) throws {
    guard let epoch = row["epoch"], epoch == Double(epochs) else {
      throw mistake("is not of epoch \(epochs), which comes next")
    }
    if epochs == 0 {
      columns = row.mapValues { [$0] }
    } else {
      guard row.count == columns.count, row.keys.allSatisfy({ columns[$0] != nil }) else {
        throw mistake("has other columns than the lines before it")
      }
      for (name, value) in row { columns[name]?.append(value) }
    }
    epochs += 1
  }

  private func mistake(_ what: String) -> Failure {
    Failure(what, path: "\(path):\(line)", help: "a log is what bnc train --log has written")
  }
}
