/// Diagnostics as text for people:
///
///     error[unknown-layer]: no layer is called 'cnov'
///      --> model.bn:7:7
///       |
///     7 |     | cnov(20, kernel: 3)
///       |       ^^^^
///       = help: did you mean 'conv'?
package struct TextRenderer: Sendable {
  private let source: SourceFile
  private let style: Style

  /// How parts of a message are set off: by colours, or not at all.
  package enum Style: Hashable, Sendable {
    case plain
    /// ANSI colours, for a terminal.
    case colored
  }

  /// Messages beyond this many are only counted: nobody reads them.
  package static let limit = 100

  /// A renderer of what is said about `source`.
  package init(source: SourceFile, style: Style = .plain) {
    self.source = source
    self.style = style
  }

  /// All of `diagnostics`, an empty line between two.
  package func render(_ diagnostics: [Diagnostic]) -> String {
    var parts = diagnostics.prefix(Self.limit).map(render)
    if diagnostics.count > Self.limit {
      parts.append("and \(diagnostics.count - Self.limit) more\n")
    }
    return parts.joined(separator: "\n")
  }

  /// One diagnostic, its last line ended.
  package func render(_ diagnostic: Diagnostic) -> String {
    let ranges = [diagnostic.range] + diagnostic.notes.compactMap(\.range)
    let gutter = ranges.map { "\($0.upper.line)".count }.max() ?? 1
    let color = color(of: diagnostic.severity)
    var text =
      paint("\(diagnostic.severity.rawValue)[\(diagnostic.code.rawValue)]", color)
      + paint(": " + DisplayText(diagnostic.message).text, "1") + "\n"
    text += snippet(diagnostic.range, gutter: gutter, color: color)
    for note in diagnostic.notes where note.range == nil {
      text += line(gutter, "note", note.message)
    }
    if let help = diagnostic.help { text += line(gutter, "help", help) }
    for note in diagnostic.notes {
      guard let range = note.range else { continue }
      text += paint("note", "1;36") + ": \(DisplayText(note.message).text)\n"
      text += snippet(range, gutter: gutter, color: "1;36")
    }
    return text
  }

  /// `  = help: did you mean 'conv'?`
  private func line(_ gutter: Int, _ word: String, _ text: String) -> String {
    let space = String(repeating: " ", count: gutter + 1)
    return space + paint("=", "1;34") + " " + paint(word, "1") + ": \(DisplayText(text).text)\n"
  }

  /// The place, and its line with carets; of several lines, the first and the last.
  private func snippet(_ range: SourceRange, gutter: Int, color: String) -> String {
    let space = String(repeating: " ", count: gutter)
    let source = self.source.file(range.lower.file)
    let place = "\(DisplayText(source.name).text):\(range.lower.line):\(range.lower.column)"
    var text =
      space + paint("-->", "1;34") + " \(place)\n" + space + " " + paint("|", "1;34") + "\n"
    let bytes = range.lower.offset..<max(range.lower.offset, range.upper.offset)
    text += excerpt(
      SourceExcerpt(of: source, line: range.lower.line, marking: bytes), gutter, color)
    if range.upper.line > range.lower.line {
      if range.upper.line > range.lower.line + 1 { text += space + paint("...", "1;34") + "\n" }
      let last = source.line(range.upper.line)
      let indent = last.prefix { source.bytes[$0] == 0x20 || source.bytes[$0] == 0x09 }.count
      let start = min(last.lowerBound + indent, max(last.lowerBound, bytes.upperBound))
      text += excerpt(
        SourceExcerpt(
          of: source, line: range.upper.line, marking: start..<max(start, bytes.upperBound)),
        gutter, color)
    }
    return text
  }

  private func excerpt(_ excerpt: SourceExcerpt, _ gutter: Int, _ color: String) -> String {
    let number = "\(excerpt.line)"
    let space = String(repeating: " ", count: gutter)
    let padded = number.padded(to: gutter, .right)
    let marks =
      String(repeating: " ", count: excerpt.indent)
      + paint(String(repeating: "^", count: excerpt.carets), color)
    let shown = excerpt.text.isEmpty ? "" : " " + excerpt.text
    return paint("\(padded) |", "1;34") + shown + "\n" + space + " " + paint("|", "1;34")
      + " \(marks)\n"
  }

  private func color(of severity: Diagnostic.Severity) -> String {
    switch severity {
    case .error: "1;31"
    case .warning: "1;33"
    case .note: "1;36"
    }
  }

  private func paint(_ text: String, _ color: String) -> String {
    style == .plain ? text : "\u{1B}[\(color)m\(text)\u{1B}[0m"
  }
}
