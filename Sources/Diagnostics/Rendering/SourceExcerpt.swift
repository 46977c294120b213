/// One line of a file as a message shows it, and where the carets go. A long line is shown in part.
struct SourceExcerpt: Hashable, Sendable {
  /// The line's number.
  let line: Int
  /// The line, or the part of it around the place.
  let text: String
  /// Columns before the carets.
  let indent: Int
  /// How many carets.
  let carets: Int

  /// Lines longer than this are shown in part.
  private static let longest = 120
  /// What is shown before the place in a long line.
  private static let context = 40

  /// The part of `line` around `bytes`, a stretch of offsets that is cut to the line.
  init(of source: SourceFile, line number: Int, marking bytes: Range<Int>) {
    let line = source.line(number)
    let marked = bytes.clamped(to: line)
    var shown = line
    if line.count > Self.longest {
      let start = Self.boundary(max(line.lowerBound, marked.lowerBound - Self.context), in: source)
      let end = Self.boundary(min(line.upperBound, start + Self.longest), in: source)
      shown = start..<max(start, end)
    }
    let isCutBefore = shown.lowerBound > line.lowerBound
    let isCutAfter = shown.upperBound < line.upperBound
    let before = DisplayText(source.text(shown.lowerBound..<marked.lowerBound))
    let within = DisplayText(source.text(marked.clamped(to: shown)))
    self.line = number
    self.text =
      (isCutBefore ? "..." : "") + DisplayText(source.text(shown)).text + (isCutAfter ? "..." : "")
    self.indent = before.width + (isCutBefore ? 3 : 0)
    self.carets = max(1, within.width)
  }

  /// The start of the character that `offset` lies in.
  private static func boundary(_ offset: Int, in source: SourceFile) -> Int {
    var offset = offset
    while offset > 0, offset < source.bytes.count, source.bytes[offset] & 0xC0 == 0x80 {
      offset -= 1
    }
    return offset
  }
}
