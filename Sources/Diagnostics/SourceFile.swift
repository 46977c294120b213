/// A model file in memory: its name and its text. Diagnostics point into it.
package struct SourceFile: Hashable, Sendable {
  /// The name that messages show, a path or `<stdin>`.
  package let name: String
  /// The text as UTF-8, as it was read.
  package let bytes: [UInt8]
  /// The files that it includes, directly or through others: file 1, 2, and so on of positions.
  package var included: [SourceFile] = []
  /// What became of each `include` in any of the files.
  package var inclusions: [Inclusion: Included] = [:]
  /// Where each line starts: offsets into `bytes`, the first one 0.
  private let lineStarts: [Int]

  /// A path that a file includes.
  package struct Inclusion: Hashable, Sendable {
    /// The file that includes it, as positions count files.
    package let file: Int
    /// The path as it is written.
    package let path: String

    package init(_ path: String, in file: Int) {
      self.file = file
      self.path = path
    }
  }

  /// What became of an `include`.
  package enum Included: Hashable, Sendable {
    /// It is this file, as positions count files.
    case file(Int)
    /// It could not be read.
    case failure(Failure)
  }

  /// The file that positions call `index`: 0 is this one.
  package func file(_ index: Int) -> SourceFile {
    included.indices.contains(index - 1) ? included[index - 1] : self
  }

  /// A file of `text`.
  package init(name: String, text: String) {
    self.name = name
    self.bytes = Array(text.utf8)
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    self.lineStarts = starts
  }

  /// The whole text.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The offsets of line `number`, counted from 1, its line break left out; empty past the end.
  package func line(_ number: Int) -> Range<Int> {
    guard number >= 1, number <= lineStarts.count else { return bytes.count..<bytes.count }
    let start = lineStarts[number - 1]
    var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }

  /// The text between two offsets, cut to what there is.
  package func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }

  package func text(_ range: SourceRange) -> String {
    text(range.lower.offset..<max(range.lower.offset, range.upper.offset))
  }
}
