import Diagnostics

/// The functions that the symbol table of a shared object names, those that it does not export too.
enum FunctionSymbols {
  struct Function: Hashable, Sendable {
    let name: String
    /// As the file has it: the loader adds the same number to all.
    let start: UInt64
    let size: UInt64
  }

  /// More than a network of bnc has, and little enough to read.
  private static let largestFile = 1 << 28
  private static let longestName = 1 << 10

  /// The functions of the file at `path`; none where it has no such table, or is none of this kind:
  /// a crash is then told without them.
  static func read(_ path: String) -> [Function] {
    guard let file = try? InputFile(path, mayBeGzipped: false), file.largestSize <= largestFile,
      let bytes = try? file.readBytes(file.largestSize, what: "symbols")
    else { return [] }
    return functions(of: bytes)
  }

  /// The functions of an ELF file of 64 bits, by its sections.
  static func functions(of bytes: [UInt8]) -> [Function] {
    guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]),
      let start = bytes.place(at: 40, bytes: 8), let size = bytes.place(at: 58, bytes: 2),
      let count = bytes.place(at: 60, bytes: 2), size >= 64
    else { return [] }
    let (symbolTable, function) = (2, 2)
    for section in 0..<count {
      let row = start + section * size
      guard bytes.place(at: row + 4, bytes: 4) == symbolTable,
        let symbols = bytes.content(ofSectionAt: row),
        let link = bytes.place(at: row + 40, bytes: 4), link < count,
        let names = bytes.content(ofSectionAt: start + link * size)
      else { continue }
      return stride(from: symbols.lowerBound, through: symbols.upperBound - 24, by: 24)
        .compactMap { symbol in
          guard bytes[symbol + 4] & 0xF == function, let name = bytes.place(at: symbol, bytes: 4),
            name < names.count
          else { return nil }
          let text = bytes[(names.lowerBound + name)..<names.upperBound]
            .prefix(longestName).prefix { $0 != 0 }
          return Function(
            name: String(decoding: text, as: UTF8.self), start: bytes.word(at: symbol + 8),
            size: bytes.word(at: symbol + 16))
        }
    }
    return []
  }
}

extension [UInt8] {
  /// The little-endian number of so many bytes at `offset`, where it is there and may be a place in the
  /// file.
  fileprivate func place(at offset: Int, bytes: Int) -> Int? {
    guard offset >= 0, offset <= count - bytes else { return nil }
    let number = self[offset..<offset + bytes].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return number <= UInt64(count) ? Int(number) : nil
  }

  /// The 8 bytes at `offset`, which are there.
  fileprivate func word(at offset: Int) -> UInt64 {
    self[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Where the section lies whose row is at `row`, if it is there as a whole.
  fileprivate func content(ofSectionAt row: Int) -> Range<Int>? {
    guard let start = place(at: row + 24, bytes: 8), let size = place(at: row + 32, bytes: 8),
      size <= count - start
    else { return nil }
    return start..<start + size
  }
}
