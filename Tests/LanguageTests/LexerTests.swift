import Diagnostics
import IR
import Testing

@testable import Language

/// The tokens of `text` and the codes of what is wrong with them.
private func lex(_ text: String) -> (tokens: [Token], codes: [DiagnosticCode]) {
  let (tokens, diagnostics) = Frontend.tokens(of: SourceFile(name: "test.bn", text: text))
  return (tokens, diagnostics.map(\.code))
}

@Suite struct LexerTests {
  /// Protects every kind of token and the places that diagnostics and the formatter rely on.
  @Test func kindsAndPlaces() {
    let (tokens, codes) = lex("ab = x1 # c\n\t| f(-1.5e-3, k: [2*3/4]) {} +")
    #expect(codes.isEmpty)
    #expect(
      tokens.map(\.kind) == [
        .name, .equals, .name, .comment, .pipe, .name, .leftParenthesis, .minus, .number, .comma,
        .name, .colon, .leftBracket, .number, .times, .number, .slash, .number, .rightBracket,
        .rightParenthesis, .leftBrace, .rightBrace, .plus, .end,
      ])
    #expect(tokens[3].text == "# c")
    #expect(tokens[4].range.lower == SourcePosition(offset: 13, line: 2, column: 2))
    #expect(tokens[8].text == "1.5e-3")
  }

  /// Protects columns counting characters, not bytes, and offsets counting bytes.
  @Test func columnsCountScalars() {
    let tokens = lex("# é日\nx").tokens
    #expect(tokens[0].range.upper == SourcePosition(offset: 7, line: 1, column: 5))
    #expect(lex("日本 = x").tokens[1].range.lower == SourcePosition(offset: 7, line: 1, column: 4))
  }

  /// Protects files with `\r\n` and a byte order mark: they read like any other.
  @Test func windowsFiles() {
    let (tokens, codes) = lex("\u{FEFF}a # b\r\nc")
    #expect(codes.isEmpty)
    #expect(tokens.map(\.text) == ["a", "# b", "c", ""])
    #expect(tokens[2].range.lower.line == 2)
  }

  /// Protects numbers: what is one, what is not, and that a mistake in one is one mistake.
  @Test(arguments: [
    "1.", "1.2.3", "1e", "1e+", "3x3", "1_000", "0x10", "1e999", String(repeating: "9", count: 400),
  ])
  func invalidNumbers(_ text: String) {
    #expect(lex(text).codes == [.invalidNumber])
  }

  /// Protects numbers that look odd but are right.
  @Test(arguments: ["0", "007", "1e5", "1E+5", "0.5", "1e-999"])
  func validNumbers(_ text: String) {
    #expect(lex(text).codes.isEmpty)
    #expect(NumberSyntax.value(of: text) != nil)
  }

  /// Protects against characters that mean nothing: a run of them is one mistake.
  @Test func invalidCharacters() {
    #expect(lex("\u{0}\u{0}").codes == [.invalidCharacter])
    #expect(lex("a ; b → c").codes == [.invalidCharacter, .invalidCharacter])
    #expect(lex("größe").codes == [.invalidCharacter])
    #expect(lex("größe").tokens.map(\.kind) == [.name, .end])
  }

  /// Protects the limit of 64 characters, with a name of 10 kB too.
  @Test func longNames() {
    #expect(lex(String(repeating: "a", count: 64)).codes.isEmpty)
    #expect(lex(String(repeating: "a", count: 65)).codes == [.nameTooLong])
    #expect(lex(String(repeating: "a", count: 10_240)).codes == [.nameTooLong])
  }
}
