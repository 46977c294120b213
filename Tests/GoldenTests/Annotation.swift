import Diagnostics

/// A model with what is said about it: what is said about a line stands behind it or below it,
/// after `#~`, which a model reads as a comment.
enum Annotation {
  /// Where the messages stand.
  enum Place {
    /// At the end of the line.
    case behind
    /// On lines of their own, each with its notes and its help.
    case below
  }

  /// `text` without the messages.
  static func removed(from text: String, _ place: Place) -> String {
    switch place {
    case .behind: text.replacing(#/[ ]*#~ [^\n]*/#, with: "")
    case .below: lines(of: text).filter { !$0.contains(#/^ *#~ /#) }.joined(separator: "\n")
    }
  }

  /// `text` with the messages about each line.
  static func added(to text: String, _ diagnostics: [Diagnostic], _ place: Place) -> String {
    lines(of: text).enumerated().map { index, line in
      let messages = self.diagnostics(of: index + 1, in: diagnostics).flatMap { diagnostic in
        ["#~ \(diagnostic.severity.rawValue)[\(diagnostic.code.rawValue)]: \(diagnostic.message)"]
          + (place == .below ? details(of: diagnostic) : [])
      }
      let indent = String(line.prefix { $0 == " " })
      return ([String(line)] + messages).joined(separator: place == .below ? "\n\(indent)" : "  ")
    }.joined(separator: "\n")
  }

  private static func details(of diagnostic: Diagnostic) -> [String] {
    diagnostic.notes.map { "#~   note: \($0.message)" }
      + (diagnostic.help.map { ["#~   help: \($0)"] } ?? [])
  }

  /// The lines of `text`.
  static func lines(of text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// What is said about line `number` of the model's own file, counted from 1.
  static func diagnostics(of number: Int, in diagnostics: [Diagnostic]) -> [Diagnostic] {
    diagnostics.filter { $0.range.lower.file == 0 && $0.range.lower.line == number }
  }
}
