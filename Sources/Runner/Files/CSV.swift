import Diagnostics

/// Tables of numbers as text: a row a line, commas between the columns, and, if its first line
/// holds no number at all, one line of names. There are no quotes, no empty fields, no blank lines
/// but at the end.
package struct CSV: Sendable {
  /// [rows, columns], float64.
  package let table: Tensor
  /// The line that the first row stands on, counted from 1.
  let firstLine: Int

  /// Reads a file, raw or gzipped.
  ///
  /// - Throws: a failure that names the file and the line.
  package init(_ path: String) throws {
    let file = try InputFile(path)
    if let other = ForeignFormat.of(path, inflates: true) {
      throw other.failureOfData(at: path, wanted: "a CSV file")
    }
    var rows = CSVRows(path: path)
    var rest: [UInt8] = []
    let part = try AlignedMemory(byteCount: 1 << 16)
    while true {
      let count = try file.read(into: part.bytes)
      rest += part.bytes[..<count]
      guard rest.count <= CSVRows.longestLine + part.bytes.count else { break }
      if count == 0 { break }
      let lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      for line in lines.dropLast() { try rows.add(line) }
      rest = lines.last.map(Array.init) ?? []
    }
    if !rest.isEmpty { try rows.add(rest[...]) }
    guard rows.count > 0 else { throw Failure("holds no rows of numbers", path: path) }
    firstLine = rows.firstLine
    table = try Tensor(shape: [rows.count, rows.columns], values: rows.numbers)
  }

  /// A finite number in decimals. Swift's own reading would take `nan`, `inf` and hexadecimals too.
  static func number(_ field: String) -> Double? {
    let known = Set("0123456789+-.eE".utf8)
    guard field.utf8.allSatisfy(known.contains), let value = Double(field), value.isFinite else {
      return nil
    }
    return value
  }
}

/// The rows that were read so far.
private struct CSVRows {
  static let longestLine = 16 << 20

  private let path: String
  private(set) var numbers: [Double] = []
  private(set) var columns = 0
  private(set) var count = 0
  private(set) var firstLine = 1
  private var line = 0
  private var blankLine: Int?

  init(path: String) { self.path = path }

  /// Takes a line in, its line break left out.
  mutating func add(_ bytes: ArraySlice<UInt8>) throws {
    line += 1
    guard bytes.count <= Self.longestLine else { throw mistake("is longer than 16 MiB") }
    var text = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if line == 1, text.starts(with: mark) { text = text.dropFirst(mark.count) }
    let isBlank = text.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    if isBlank {
      blankLine = blankLine ?? line
      return
    }
    if let blankLine { throw mistake("is blank, and rows follow it", line: blankLine) }
    let fields = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      .map { trimmed(String(decoding: $0, as: UTF8.self)) }
    if line == 1, !fields.contains(where: { CSV.number($0) != nil }) {
      columns = fields.count
      firstLine = 2
      return
    }
    try addRow(fields)
  }

  private mutating func addRow(_ fields: [String]) throws {
    if columns == 0 { columns = fields.count }
    guard fields.count == columns else {
      throw mistake("has \(fields.count) columns, the lines before it have \(columns)")
    }
    for (column, field) in fields.enumerated() {
      guard let value = CSV.number(field) else {
        throw mistake("has '\(field.prefix(40))' in column \(column + 1), not a number")
      }
      numbers.append(value)
    }
    count += 1
  }

  private func mistake(_ what: String, line: Int? = nil) -> Failure {
    Failure(
      what, path: "\(path):\(line ?? self.line)",
      help:
        "a CSV file holds one row of numbers per line, with commas between them, and may begin with "
        + "a line of names")
  }
}

private func trimmed(_ field: String) -> String {
  let start = field.drop { $0 == " " || $0 == "\t" }
  return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
}
