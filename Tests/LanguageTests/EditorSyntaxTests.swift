import Foundation
import IR
import Language
import Operators
import Testing

/// The syntax files of editors.
@Suite struct EditorSyntaxTests {
  /// Protects whoever edits a model: every word that the checker knows is coloured, and none twice;
  /// a word of an operation that somebody adds to the library too.
  @Test func everyWord() throws {
    var library = Library.standard
    library.operations.append(.elementwise("cube", "the third power of a number") { $0 * $0 * $0 })
    let words =
      library.operations.map(\.signature.keyword) + library.losses.map(\.signature.keyword)
      + library.optimizers.map(\.signature.keyword) + library.schedules.map(\.signature.keyword)
      + library.initializers.map(\.signature.keyword)
      + library.penalties.map(\.signature.keyword)
      + library.operations.flatMap(\.signature.parameters).map(\.name)
      + Keyword.allCases.map(\.rawValue)
      + [
        "batch", "accumulate", "epochs", "optimizer", "clip", "average", "schedule", "initialize",
        "data",
        "class", "scale",
      ]
      + ["same", "first_batch", "pytorch", "mean"]
    let vim = EditorSyntax.vim.text(of: library)
    let listed = vim.split(separator: "\n").filter { $0.hasPrefix("syntax keyword ") }
      .flatMap { $0.split(separator: " ").dropFirst(3).map(String.init) }
    #expect(Set(words).subtracting(listed) == [])
    #expect(Set(listed).count == listed.count)
    let patterns = try JSONDecoder().decode(
      Grammar.self, from: Data(EditorSyntax.textmate.text(of: library).utf8)
    ).patterns
    for word in Set(words) {
      let matches = try patterns.filter { try Regex($0.match).wholeMatch(in: word) != nil }
      #expect(matches.count == 1, "\(word)")
    }
  }

  private struct Grammar: Decodable {
    struct Rule: Decodable { let match, name: String }
    let patterns: [Rule]
  }
}
