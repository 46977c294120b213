import Diagnostics
import Testing

/// What is shown about the bytes `range` of `text`.
private func render(_ text: String, _ range: Range<Int>, help: String? = nil) -> String {
  let source = SourceFile(name: "m.bn", text: text)
  func position(_ offset: Int) -> SourcePosition {
    let before = source.text(0..<offset)
    let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
    return SourcePosition(
      offset: offset, line: lines.count, column: (lines.last?.unicodeScalars.count ?? 0) + 1)
  }
  let diagnostic = Diagnostic(
    .unknownName, "no", at: SourceRange(position(range.lowerBound), position(range.upperBound)),
    help: help)
  return TextRenderer(source: source).render(diagnostic)
}

@Suite struct RendererTests {
  /// Protects the shape of a message.
  @Test func plain() {
    #expect(
      render("a = b\nc = dd | e\n", 10..<12, help: "what") == """
        error[unknown-name]: no
         --> m.bn:2:5
          |
        2 | c = dd | e
          |     ^^
          = help: what

        """)
  }

  /// Protects carets under tabs and characters of two columns.
  @Test func widths() {
    #expect(render("\t日本 = x", 10..<11).contains("  |     日本 = x\n  |           ^\n") == false)
    #expect(render("\t日本 = x", 1..<7).contains("1 |     日本 = x\n  |     ^^^^\n"))
  }

  /// Protects a terminal from what a model file may hold: escape sequences, NUL, reversed text.
  @Test func nothingDangerous() {
    let text = render("a\u{1B}[31m\u{0}\u{202E}b", 0..<1)
    #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{0}" || $0 == "\u{202E}" })
  }

  /// Protects the reader from a line of a megabyte: only what is around the place is shown.
  @Test func longLines() {
    let text = String(repeating: "x", count: 5000) + "Y" + String(repeating: "z", count: 5000)
    let lines = render(text, 5000..<5001).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count < 160 })
    #expect(lines[3].hasPrefix("1 | ...xxx") && lines[3].hasSuffix("zzz..."))
    let caret = lines[4].firstIndex(of: "^").map {
      lines[4].distance(from: lines[4].startIndex, to: $0)
    }
    let letter = lines[3].firstIndex(of: "Y").map {
      lines[3].distance(from: lines[3].startIndex, to: $0)
    }
    #expect(caret == letter)
  }

  /// Protects ranges over several lines: the first and the last one are shown.
  @Test func severalLines() {
    #expect(
      render("a {\n  b\n  c\n}\n", 0..<13) == """
        error[unknown-name]: no
         --> m.bn:1:1
          |
        1 | a {
          | ^^^
         ...
        4 | }
          | ^

        """)
  }

  /// Protects places at the very end of a file and in an empty one.
  @Test func ends() {
    #expect(render("", 0..<0).hasSuffix("1 |\n  | ^\n"))
    #expect(render("a\n", 2..<2).hasSuffix("2 |\n  | ^\n"))
  }

  /// Protects programs that read the JSON form: its members, in an order that does not change.
  @Test func json() throws {
    let source = SourceFile(name: "m\"\n.bn", text: "abc")
    let range = SourceRange(.start, SourcePosition(offset: 1, line: 1, column: 2))
    let diagnostic = Diagnostic(
      .unknownName, "a\u{1}\\", at: range, notes: [.init("n"), .init("p", at: range)], help: "h")
    let place =
      #"{"end":{"column":2,"line":1,"offset":1},"start":{"column":1,"line":1,"offset":0}}"#
    #expect(
      try JSONRenderer(source: source).render([diagnostic])
        == #"{"code":"unknown-name","file":"m\"\n.bn","help":"h","message":"a\u0001\\","#
        + "\"notes\":[{\"message\":\"n\"},{\"message\":\"p\",\"range\":\(place)}],"
        + "\"range\":\(place),\"severity\":\"error\"}\n")
  }

  /// Protects did-you-mean: near words are found, far ones are not.
  @Test func suggestions() {
    #expect(Suggestion.closest(to: "cnov", in: ["dense", "conv"]) == "conv")
    #expect(Suggestion.closest(to: "kernal", in: ["kernel", "stride"]) == "kernel")
    #expect(Suggestion.closest(to: "lstm", in: ["conv", "dense"]) == nil)
    #expect(Suggestion.closest(to: "epsilon", in: ["eps_on", "eps"]) == "eps")
    #expect(Suggestion.closest(to: "pad", in: ["padding_mode", "padding"]) == "padding")
    #expect(Suggestion.closest(to: "batch_norm2d", in: ["conv", "batch_norm"]) == "batch_norm")
    #expect(Suggestion.closest(to: "ab", in: ["abstract"]) == nil)
    #expect(Suggestion.closest(to: String(repeating: "a", count: 10_000), in: ["a"]) == nil)
  }
}
