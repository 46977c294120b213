import IR
import Diagnostics

/// A word, a number, a sign or a comment of a model file. Only white space lies between tokens.
package struct Token: Hashable, Sendable {
  /// What it is.
  package var kind: Kind
  /// As it is written.
  package var text: String
  /// Where it stands.
  package var range: SourceRange

  /// What a token is. The raw value is how messages and `--emit tokens` call it.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case name
    case number
    /// `conv*.weight`
    case pattern = "a parameter's name"
    /// A path, its quotes included.
    case string
    /// From `#` to the end of the line. The parser passes over it; the formatter keeps it.
    case comment
    case leftBrace = "'{'"
    case rightBrace = "'}'"
    case leftParenthesis = "'('"
    case rightParenthesis = "')'"
    case leftBracket = "'['"
    case rightBracket = "']'"
    case comma = "','"
    case colon = "':'"
    case equals = "'='"
    case pipe = "'|'"
    case plus = "'+'"
    case minus = "'-'"
    case times = "'*'"
    case slash = "'/'"
    /// Characters that mean nothing here; the lexer has already said so.
    case invalid = "invalid text"
    case end = "the end of the file"
  }

  /// A token of `text` at `range`.
  package init(_ kind: Kind, _ text: String, at range: SourceRange) {
    self.kind = kind
    self.text = text
    self.range = range
  }

  /// How a message calls it: `'conv'`, `')'`, `the end of the file`.
  var spelling: String {
    switch kind {
    case .name, .number, .pattern: "'\(text.abbreviated)'"
    case .string: text.abbreviated
    default: kind.rawValue
    }
  }
}
