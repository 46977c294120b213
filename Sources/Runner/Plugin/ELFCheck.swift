import Diagnostics
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
    for row in 0..<rowCount {
      let offset = table.word(at: row * rowSize + 8, bytes: 8)
      let length = table.word(at: row * rowSize + 32, bytes: 8)
      let (end, overflow) = offset.addingReportingOverflow(length)
      guard !overflow, end <= UInt64(size) else { throw cutShort(path) }
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
