import Diagnostics
import Foundation
import IR
import Language
import Operators
import Testing

/// The pages of the documentation that repeat what the checker knows.
@Suite struct DocumentationTests {
  private static let path = "Sources/Language/Language.docc/Grammar.md"
  private static let start = "by place, in this order.\n\n"
  private static let end = "\n## Limits"

  /// Protects the grammar's page: its tables are what the checker takes.
  @Test func grammarTables() throws {
    let file = Golden.root.appending(path: Self.path)
    let page = try String(contentsOf: file, encoding: .utf8)
    let before = try #require(page.range(of: Self.start)).upperBound
    let after = try #require(page.range(of: Self.end)).lowerBound
    try Golden.expect(
      page[..<before] + ReferenceTables.markdown(of: .standard) + page[after...], at: Self.path)
  }

  /// Protects the examples of the tutorial: what it shows as a whole model checks.
  @Test func examplesCheck() throws {
    let file = Golden.root.appending(path: "Sources/Language/Language.docc/ModelLanguage.md")
    let page = try String(contentsOf: file, encoding: .utf8)
    let parts = page.split(separator: "```\n").filter { $0.hasPrefix("model") }
    #expect(!parts.isEmpty)
    for part in parts {
      #expect(
        Frontend.check(
          SourceFile(name: "example.bn", text: String(part)), library: .standard
        ).model != nil)
    }
  }
}
