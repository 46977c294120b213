import Foundation
import IR
import Language
import Operators
import Testing

/// The README and the pages beside it, where they repeat what stands elsewhere.
@Suite struct ReadmeTests {
  private static let pages = [
    "README.md", "Sources/Driver/Driver.docc/GeneratedC.md",
    "Sources/Driver/Driver.docc/AddingAnOperation.md",
  ]

  /// Protects what is quoted: the block after `<!-- file: PATH -->` is the whole file, that after
  /// `<!-- function: PATH NAME -->` a function of a C file, with the comment over it, that after
  /// `<!-- snippet: PATH NAME -->` what stands between `// snippet: NAME` and `// snippet end`.
  @Test(arguments: pages)
  func quotations(_ path: String) throws {
    let page = try text(of: path)
    var result = ""
    var rest = page[...]
    let quotation = #/<!-- (?<kind>file|function|snippet): (?<what>[^\n]+) -->\n```[a-z]*\n/#
    while let match = rest.firstMatch(of: quotation) {
      let body = rest[match.range.upperBound...]
      let end = try #require(body.range(of: "```\n")).lowerBound
      let words = match.what.split(separator: " ", maxSplits: 1).map(String.init)
      let source = try text(of: words[0])
      result += rest[..<match.range.upperBound]
      switch match.kind {
      case "file": result += source
      case "function": result += try function(words[1], of: source)
      default: result += try snippet(words[1], of: source)
      }
      rest = body[end...]
    }
    #expect(!result.isEmpty)
    try Golden.expect(result + rest, at: path)
  }

  /// Protects the page of the language: it names every layer and every loss.
  @Test func everyLayerAndLoss() throws {
    let readme = try text(of: "README.md")
    for section in Topics.list(of: .standard).split(separator: "\n\n")
    where section.hasPrefix("Layers:") || section.hasPrefix("Losses:") {
      for line in section.split(separator: "\n").dropFirst() where !line.hasPrefix("   ") {
        let keyword = line.dropFirst(2).prefix { $0 != "(" }
        #expect(readme.contains("`\(keyword)`"), "README.md does not name \(keyword)")
      }
    }
  }

  /// The lines from the first comment over `name` to the brace that ends it.
  private func function(_ name: String, of source: String) throws -> String {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    let head = try #require(
      lines.firstIndex { $0.hasPrefix("static ") && $0.contains(" \(name)(") },
      "there is no function \(name)")
    let start = lines[..<head].lastIndex { !$0.hasPrefix("//") }.map { $0 + 1 } ?? 0
    let end = try #require(lines[head...].firstIndex(of: "}"))
    return lines[start...end].map { $0 + "\n" }.joined()
  }

  /// The lines of a marked part, as far to the left as they go.
  private func snippet(_ name: String, of source: String) throws -> String {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    func isMark(_ line: Substring, _ text: String) -> Bool {
      line.drop { $0 == " " } == "// snippet\(text)"
    }
    let start = try #require(
      lines.firstIndex { isMark($0, ": \(name)") }, "there is no snippet \(name)")
    let end = try #require(lines[start...].firstIndex { isMark($0, " end") })
    let indent = lines[start].prefix { $0 == " " }.count
    return lines[(start + 1)..<end].map { $0.dropFirst(indent) + "\n" }.joined()
  }

  private func text(of path: String) throws -> String {
    try String(contentsOf: Golden.root.appending(path: path), encoding: .utf8)
  }
}
