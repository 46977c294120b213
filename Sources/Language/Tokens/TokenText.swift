import Diagnostics

/// The tokens as text, one per line with its place: what `bnc compile --emit tokens` prints.
package enum TokenText {
  /// All of `tokens`.
  package static func describe(_ tokens: [Token]) -> String {
    tokens.map { token in
      let place = "\(token.range.lower.line):\(token.range.lower.column)"
      let column = place.padded(to: 7) + " "
      switch token.kind {
      case .name, .number, .string, .comment, .invalid:
        return column + "\(word(token.kind)) \(token.text)\n"
      case .end: return column + "end\n"
      default: return column + token.text + "\n"
      }
    }.joined()
  }

  private static func word(_ kind: Token.Kind) -> String {
    kind == .invalid ? "invalid" : kind.rawValue
  }
}
