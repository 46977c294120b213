/// Diagnostics as JSON for programs, one object a line:
///
///     {"code":"unknown-layer","severity":"error","message":"…","file":"model.bn",
///      "range":{"start":{"line":7,"column":7,"offset":152},"end":{…}},
///      "notes":[{"message":"…","range":{…}}],"help":"…"}
///
/// `notes` is always there; `help`, and a note's `range`, only where there is one. Lines and columns
/// count from 1, columns in Unicode scalars, offsets from 0 in bytes of UTF-8.
package struct JSONRenderer: Sendable {
  private let file: String

  /// A renderer of what is said about `source`.
  package init(source: SourceFile) {
    self.file = source.name
  }

  /// All of `diagnostics`.
  package func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map { render($0) + "\n" }.joined()
  }

  /// One diagnostic, without a line break.
  package func render(_ diagnostic: Diagnostic) -> String {
    var members = [
      ("code", quote(diagnostic.code.rawValue)), ("severity", quote(diagnostic.severity.rawValue)),
      ("message", quote(diagnostic.message)), ("file", quote(file)),
      ("range", render(diagnostic.range)),
      ("notes", "[" + diagnostic.notes.map(render).joined(separator: ",") + "]"),
    ]
    if let help = diagnostic.help { members.append(("help", quote(help))) }
    return object(members)
  }

  private func render(_ note: Diagnostic.Note) -> String {
    object([("message", quote(note.message))] + (note.range.map { [("range", render($0))] } ?? []))
  }

  private func render(_ range: SourceRange) -> String {
    object([("start", render(range.lower)), ("end", render(range.upper))])
  }

  private func render(_ position: SourcePosition) -> String {
    object([
      ("line", "\(position.line)"), ("column", "\(position.column)"),
      ("offset", "\(position.offset)"),
    ])
  }

  private func object(_ members: [(name: String, value: String)]) -> String {
    "{" + members.map { quote($0.name) + ":" + $0.value }.joined(separator: ",") + "}"
  }

  private func quote(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
