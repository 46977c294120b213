import Diagnostics
import Glibc

/// Tables of numbers as text: a row a line, commas between the columns, and, if its first line
/// holds no number at all, one line of names. There are no quotes, no empty fields, no blank lines
/// but at the end.
package struct CSV: Sendable {
  /// [rows, columns], float64.
  package let table: Tensor
  /// The line that the first row stands on, counted from 1.
  let firstLine: Int

  /// Reads a file, raw or gzipped; where `columns` are wanted and its rows have others, no more than
  /// its first rows.
  ///
  /// - Throws: a failure that names the file and the line.
  package init(_ path: String, columns: Int? = nil, mostInflated: Int = 1 << 30) throws {
    let file = try InputFile(path)
    if let other = ForeignFormat.of(path, inflates: true) {
      throw other.failureOfData(at: path, wanted: "a CSV file")
    }
    var rows = CSVRows(path: path, wanted: columns)
    var rest: [UInt8] = []
    var inflated = 0
    let part = try AlignedMemory(byteCount: 1 << 16)
    while true {
      let count = try file.read(into: part.bytes)
      inflated += count
      // The file says nothing of its length, and may make a thousand times its size.
      guard !file.isCompressed || inflated <= mostInflated else {
        throw Failure(
          "makes more than \(grouped(mostInflated)) bytes of text", path: path,
          help: "unpack it: gunzip")
      }
      let looked = rest.count
      rest += part.bytes[..<count]
      guard rest.count <= CSVRows.longestLine + part.bytes.count else { break }
      if count == 0 { break }
      try rest.withUnsafeBytes { bytes in try rows.addLines(of: bytes, from: looked) }
      if !rows.isWanted { break }
      rest.removeFirst(rows.taken)
    }
    if !rest.isEmpty, rows.isWanted { try rest.withUnsafeBytes { try rows.add($0) } }
    guard rows.count > 0 else { throw Failure("holds no rows of numbers", path: path) }
    firstLine = rows.firstLine
    table = try Tensor(shape: [rows.count, rows.columns], values: rows.numbers)
  }

  /// A finite number in decimals.
  static func number(_ field: String) -> Double? { Array(field.utf8).withUnsafeBytes(number) }

  /// A finite number in decimals. Swift's own reading would take `nan`, `inf` and hexadecimals too.
  static func number(_ field: UnsafeRawBufferPointer) -> Double? {
    for byte in field {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        continue
      default: return nil
      }
    }
    guard let value = Double(String(decoding: field, as: UTF8.self)), value.isFinite else {
      return nil
    }
    return value
  }
}

/// The rows that were read so far.
private struct CSVRows {
  static let longestLine = 16 << 20

  private let path: String
  /// How many columns there must be, where that is known.
  private let wanted: Int?
  private(set) var numbers: [Double] = []
  private(set) var columns = 0
  private(set) var count = 0
  private(set) var firstLine = 1
  /// The bytes of the lines that `addLines` took in last.
  private(set) var taken = 0
  /// Whether the rows have the columns that are wanted.
  private(set) var isWanted = true
  private var line = 0
  private var blankLine: Int?

  init(path: String, wanted: Int?) {
    self.path = path
    self.wanted = wanted
  }

  /// Takes in the lines that end in `bytes`; none ends before `start`, so that a long line is looked
  /// at once and not again with each part of it.
  mutating func addLines(of bytes: UnsafeRawBufferPointer, from start: Int) throws {
    taken = 0
    var looked = start
    while let end = bytes.offset(of: UInt8(ascii: "\n"), from: looked) {
      try add(UnsafeRawBufferPointer(rebasing: bytes[taken..<end]))
      taken = end + 1
      looked = taken
    }
  }

  /// Takes a line in, its line break left out.
  mutating func add(_ bytes: UnsafeRawBufferPointer) throws {
    line += 1
    guard bytes.count <= Self.longestLine else { throw mistake("is longer than 16 MiB") }
    var text = bytes[...]
    if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if line == 1, text.starts(with: mark) { text = text.dropFirst(mark.count) }
    let isBlank = text.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    if isBlank {
      blankLine = blankLine ?? line
      return
    }
    if let blankLine { throw mistake("is blank, and rows follow it", line: blankLine) }
    try addFields(of: UnsafeRawBufferPointer(rebasing: text))
  }

  /// A line of numbers, or of names where it is the first and holds no number.
  private mutating func addFields(of text: UnsafeRawBufferPointer) throws {
    let before = numbers.count
    var found = 0
    var mistaken: (field: String, column: Int)?
    var start = 0
    while true {
      let end = text.offset(of: UInt8(ascii: ","), from: start) ?? text.count
      let field = trimmed(UnsafeRawBufferPointer(rebasing: text[start..<end]))
      found += 1
      if let value = CSV.number(field) {
        numbers.append(value)
      } else if mistaken == nil {
        mistaken = (String(decoding: field.prefix(200), as: UTF8.self), found)
      }
      start = end + 1
      if end == text.count { break }
    }
    let isNames = line == 1 && numbers.isEmpty
    if columns == 0 { columns = found }
    guard found == columns else {
      throw mistake("has \(found) columns, the lines before it have \(columns)")
    }
    if isNames {
      firstLine = 2
      return
    }
    // Whoever wants other columns says so of the first row, and reads no more of it.
    isWanted = wanted.map { $0 == found } ?? true
    if let mistaken {
      numbers.removeLast(numbers.count - before)
      throw mistake("has '\(mistaken.field.prefix(40))' in column \(mistaken.column), not a number")
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

private func trimmed(_ field: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
  func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
  var (start, end) = (0, field.count)
  while start < end, isSpace(field[start]) { start += 1 }
  while start < end, isSpace(field[end - 1]) { end -= 1 }
  return UnsafeRawBufferPointer(rebasing: field[start..<end])
}

extension UnsafeRawBufferPointer {
  /// Where `byte` stands first, from `start` on.
  fileprivate func offset(of byte: UInt8, from start: Int) -> Int? {
    guard start < count, let base = baseAddress,
      let found = memchr(base + start, Int32(byte), count - start)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }
}
