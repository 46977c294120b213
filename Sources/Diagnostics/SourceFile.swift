/// A model file in memory: its name and its text. Diagnostics point into it.
package struct SourceFile: Hashable, Sendable {
  /// The name that messages show, a path or `<stdin>`.
  package let name: String
  /// The text as UTF-8, as it was read.
  package let bytes: [UInt8]
  /// Where each line starts: offsets into `bytes`, the first one 0.
  private let lineStarts: [Int]

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
