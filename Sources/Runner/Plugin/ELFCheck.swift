import Diagnostics
import Files
import Glibc

/// Looks at a shared object before the loader does: the loader maps what the headers promise, and a
/// file cut short would end the process by SIGBUS where a line should say so.
enum ELFCheck {
  /// - Throws: a failure that names the file unless it is a whole shared object for this machine.
  static func check(_ path: String) throws {
    let file = try InputFile(path, mayBeGzipped: false)
    let size = file.largestSize
    let start = 64
    guard size >= start else { throw notAPlugin(path) }
    let header = try file.readBytes(start, what: "ELF header")
    guard header.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { throw notAPlugin(path) }
    let machine = Int(header.word(at: 18, bytes: 2))
    guard machine == ownMachine else {
      throw Failure(
        "was compiled for another kind of processor", path: path,
        help: "compile the model on this machine")
    }
    let tableStart = Int(clamping: header.word(at: 32, bytes: 8))
    let rowSize = Int(header.word(at: 54, bytes: 2))
    let rowCount = Int(header.word(at: 56, bytes: 2))
    guard rowSize >= 56, tableStart == start, tableStart + rowSize * rowCount <= size else {
      throw cutShort(path)
    }
    let table = try file.readBytes(rowSize * rowCount, what: "program headers")
    var dynamic: Range<Int>?
    for row in 0..<rowCount {
      let offset = table.word(at: row * rowSize + 8, bytes: 8)
      let length = table.word(at: row * rowSize + 32, bytes: 8)
      let (end, overflow) = offset.addingReportingOverflow(length)
      guard !overflow, end <= UInt64(size) else { throw cutShort(path) }
      if table.word(at: row * rowSize, bytes: 4) == dynamicSegment {
        dynamic = Int(offset)..<Int(end)
      }
    }
    try checkContents(path, dynamic: dynamic)
  }

  private static let dynamicSegment: UInt64 = 2

  /// A plugin of bnc ends with a checksum. One that a user built with another command does not, but
  /// says where its names and symbols are, unless its contents are gone.
  private static func checkContents(_ path: String, dynamic: Range<Int>?) throws {
    let file = try InputFile(path, mayBeGzipped: false)
    let bytes = try file.readBytes(file.largestSize, what: "plugin")
    switch FileSeal.state(of: bytes) {
    case .intact: return
    case .missing:
      let (nameTable, symbolTable): (UInt64, UInt64) = (5, 6)
      let table = dynamic ?? 0..<0
      let tags = stride(from: table.lowerBound, through: table.upperBound - 16, by: 16)
        .map { bytes.word(at: $0, bytes: 8) }.prefix { $0 != 0 }
      if tags.contains(nameTable), tags.contains(symbolTable) { return }
      fallthrough
    case .damaged:
      throw Failure(
        "is damaged: its contents are not what bnc wrote", path: path, help: "compile it again")
    }
  }

  private static var ownMachine: Int {
    #if arch(x86_64)
      62
    #else
      183
    #endif
  }

  private static func notAPlugin(_ path: String) -> Failure {
    Failure(
      "is not a plugin: not a 64-bit shared object", path: path,
      help: "name a model (.bn) or a plugin that bnc compiled (.so)")
  }

  private static func cutShort(_ path: String) -> Failure {
    Failure("is not a whole plugin: it is cut short", path: path, help: "compile it again")
  }
}

extension [UInt8] {
  /// The little-endian number at `offset`.
  fileprivate func word(at offset: Int, bytes: Int) -> UInt64 {
    self[offset..<offset + bytes].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
