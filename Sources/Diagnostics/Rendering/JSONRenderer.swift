/// Diagnostics as JSON for programs, one object per line:
///
///     {"code":"unknown-layer","file":"model.bn","help":"…","message":"…",
///      "notes":[{"message":"…","range":{…}}],
///      "range":{"end":{…},"start":{"column":7,"line":7,"offset":152}},"severity":"error"}
///
/// `notes` is always there; `help`, and a note's `range`, only where there is one, and a note's `file`
/// where it is another one. Lines and
/// columns count from 1, columns in Unicode scalars, offsets from 0 in bytes of UTF-8.
package struct JSONRenderer: Sendable {
  private let source: SourceFile

  /// A renderer of what is said about `source`.
  package init(source: SourceFile) {
    self.source = source
  }

  /// All of `diagnostics`, each with a line break after it.
  package func render(_ diagnostics: [Diagnostic]) throws -> String {
    try diagnostics.map { try JSONText.of(Report($0, source)) + "\n" }.joined()
  }

  private struct Report: Encodable {
    let code, file, message, severity: String
    let help: String?
    let notes: [Note]
    let range: Range

    init(_ diagnostic: Diagnostic, _ source: SourceFile) {
      let place = diagnostic.range.lower.file
      code = diagnostic.code.rawValue
      file = source.file(place).name
      message = diagnostic.message
      severity = diagnostic.severity.rawValue
      help = diagnostic.help
      notes = diagnostic.notes.map {
        let other = $0.range.map(\.lower.file) ?? place
        return Note(
          file: other == place ? nil : source.file(other).name, message: $0.message,
          range: $0.range.map(Range.init))
      }
      range = Range(diagnostic.range)
    }
  }

  private struct Note: Encodable {
    let file: String?
    let message: String
    let range: Range?
  }

  private struct Range: Encodable {
    let start, end: Position

    init(_ range: SourceRange) {
      start = Position(range.lower)
      end = Position(range.upper)
    }
  }

  private struct Position: Encodable {
    let line, column, offset: Int

    init(_ position: SourcePosition) {
      (line, column, offset) = (position.line, position.column, position.offset)
    }
  }
}
