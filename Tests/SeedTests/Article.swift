import Foundation
import Testing

/// An article, taken apart: what its tests run and compare.
struct Article {
  static let path = "Sources/Language/Language.docc/BatchNormalization.md"
  /// Those whose commands are run.
  static let withCommands = [
    path, "Sources/Driver/Driver.docc/Freezing.md",
    "Sources/Driver/Driver.docc/ExportingNetworks.md",
    "Sources/Driver/Driver.docc/ImportingNetworks.md",
    "Sources/Driver/Driver.docc/TrainingInC.md",
  ]
  static let command = "BNC_UPDATE_GOLDEN=1 swift test --filter ArticleTests"
  static var isUpdating: Bool {
    ProcessInfo.processInfo.environment["BNC_UPDATE_GOLDEN", default: ""] == "1"
  }

  /// A fenced block.
  struct Block {
    /// What stands after the fence: `bn` or `console`.
    var kind: String
    /// The lines between the fences, by their indices in the article.
    var lines: Range<Int>
  }

  /// A table's row.
  struct Row {
    var line: Int
    var cells: [String]
  }

  private let path: String
  var lines: [String]

  init(_ path: String = Self.path) throws {
    self.path = path
    let text = try String(contentsOfFile: "\(Place.root)/\(path)", encoding: .utf8)
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// All fenced blocks of a kind, in order.
  func blocks(_ kind: String) -> [Block] {
    var blocks: [Block] = []
    var start: (kind: String, line: Int)?
    for (index, line) in lines.enumerated() where line.hasPrefix("```") {
      if let open = start {
        blocks.append(Block(kind: open.kind, lines: open.line + 1..<index))
        start = nil
      } else {
        start = (String(line.dropFirst(3)), index)
      }
    }
    return blocks.filter { $0.kind == kind }
  }

  /// The rows below the table head that starts with `head`, in the section called `section`.
  func table(_ head: String, in section: String) throws -> [Row] {
    let start = try #require(lines.firstIndex { $0.hasPrefix("## ") && $0.contains(section) })
    let top = try #require(lines[start...].firstIndex { $0.hasPrefix("| \(head) |") })
    return lines[(top + 2)...].prefix { $0.hasPrefix("|") }.enumerated().map { offset, line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
        .dropFirst().dropLast().map { $0.trimmingCharacters(in: .whitespaces) }
      return Row(line: top + 2 + offset, cells: cells)
    }
  }

  /// Writes the article anew; the test that does so fails all the same.
  func rewrite() throws {
    try lines.joined(separator: "\n").write(
      toFile: "\(Place.root)/\(path)", atomically: true, encoding: .utf8)
  }
}

/// One command of a `console` block, and what it printed.
struct ConsoleEntry {
  /// The lines of the command as they stand, `$ ` and `> ` before them.
  var prompt: [String]
  /// The lines that it printed.
  var output: [String]

  /// What a shell runs.
  var command: String { prompt.map { String($0.dropFirst(2)) }.joined(separator: "\n") }

  /// How far a number may be from the one that is printed: what a comment `# within 0.02` says, or
  /// what the last digits of floats differ by from one vector width to another.
  var tolerance: Double {
    guard let mark = command.range(of: "# within ") else { return 2e-6 }
    return Double(command[mark.upperBound...].trimmingCharacters(in: .whitespaces)) ?? 0
  }

  /// The commands of a block.
  static func entries(_ lines: ArraySlice<String>) -> [ConsoleEntry] {
    var entries: [ConsoleEntry] = []
    for line in lines {
      if line.hasPrefix("$ ") {
        entries.append(ConsoleEntry(prompt: [line], output: []))
      } else if line.hasPrefix("> "), entries.last?.output.isEmpty == true {
        entries[entries.count - 1].prompt.append(line)
      } else if !entries.isEmpty {
        entries[entries.count - 1].output.append(line)
      }
    }
    return entries
  }

  /// Whether `fresh` is the output, word by word, numbers within the tolerance.
  func matches(_ fresh: [String]) -> Bool {
    guard fresh.count == output.count else { return false }
    return zip(fresh, output).allSatisfy { left, right in
      let (new, old) = (Self.words(left), Self.words(right))
      return new.count == old.count && zip(new, old).allSatisfy(isNear)
    }
  }

  private func isNear(_ new: Substring, _ old: Substring) -> Bool {
    if new == old { return true }
    guard let left = Double(new), let right = Double(old) else { return false }
    return abs(left - right) <= tolerance + 1e-6 * abs(right)
  }

  private static func words(_ line: String) -> [Substring] {
    line.split { " []()".contains($0) }
  }
}
