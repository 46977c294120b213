import Diagnostics
import IR

/// The words of the language as a syntax file of an editor, straight from the tables that the
/// checker reads.
package enum EditorSyntax: String, CaseIterable, Sendable {
  /// A syntax file of Vim and Neovim.
  case vim
  /// A grammar of TextMate, which Visual Studio Code, Sublime Text and Zed read too.
  case textmate

  /// The file.
  package func text(of library: Library) -> String {
    let groups = Self.groups(of: library)
    return switch self {
    case .vim: Self.vim(groups)
    case .textmate: Self.textmate(groups)
    }
  }

  /// Words of one kind, and what editors call the kind.
  struct Group {
    /// What Vim links the group to, and TextMate's scope.
    let vim, scope: String
    let words: [String]
  }

  /// All words, in the order of the language's reference, none twice.
  static func groups(of library: Library) -> [Group] {
    let words = Topics.words(of: library)
    func keywords(_ headings: Set<String>) -> [String] {
      words.filter { headings.contains($0.heading) }.map(\.signature.keyword)
    }
    let parameters = words.flatMap(\.signature.parameters) + NamedOptimizer.keys
    var seen: Set<String> = []
    func fresh(_ words: [String]) -> [String] { words.filter { seen.insert($0).inserted } }
    return [
      Group(
        vim: "Keyword", scope: "keyword.control",
        words: fresh(
          Keyword.allCases.filter { $0 != .yes && $0 != .no }.map(\.rawValue)
            + SettingTable.names)),
      Group(vim: "Function", scope: "entity.name.function", words: fresh(keywords(["Layers"]))),
      Group(
        vim: "Type", scope: "support.type",
        words: fresh(
          keywords([
            "Losses", "Penalties", "Targets", "Optimizers", "Clipping", "Averages", "Schedules",
            "Initializers", "Data",
          ]))),
      Group(
        vim: "Identifier", scope: "variable.parameter", words: fresh(parameters.map(\.name))),
      Group(
        vim: "Constant", scope: "constant.language",
        words: fresh(
          [Keyword.yes.rawValue, Keyword.no.rawValue] + parameters.flatMap(\.accepts.words))),
    ].filter { !$0.words.isEmpty }
  }

  private static func vim(_ groups: [Group]) -> String {
    var lines = [
      "\" Syntax of bnc's model files (.bn): bnc explain --editor vim > ~/.vim/syntax/bn.vim",
      "\" and in your vimrc: autocmd BufNewFile,BufRead *.bn set filetype=bn",
      "if exists('b:current_syntax') | finish | endif",
    ]
    for group in groups {
      lines.append("syntax keyword bn\(group.vim) \(group.words.joined(separator: " "))")
    }
    lines += [
      "syntax match bnNumber /\\<\\d\\+\\(\\.\\d\\+\\)\\?\\([eE][-+]\\?\\d\\+\\)\\?\\>/",
      "syntax match bnOperator /[|+=]/",
      "syntax match bnComment /#.*$/",
    ]
    for name in groups.map(\.vim) + ["Number", "Operator", "Comment"] {
      lines.append("highlight default link bn\(name) \(name)")
    }
    lines.append("let b:current_syntax = 'bn'")
    return lines.map { $0 + "\n" }.joined()
  }

  private static func textmate(_ groups: [Group]) -> String {
    let rules =
      [Rule(match: "#.*$", name: "comment.line.number-sign.bn")]
      + groups.map {
        Rule(match: "\\b(\($0.words.joined(separator: "|")))\\b", name: "\($0.scope).bn")
      } + [
        Rule(match: "\\b\\d+(\\.\\d+)?([eE][-+]?\\d+)?\\b", name: "constant.numeric.bn"),
        Rule(match: "[|+=]", name: "keyword.operator.bn"),
      ]
    let grammar = Grammar(
      fileTypes: ["bn"], name: "bnc model", patterns: rules, scopeName: "source.bn")
    guard let text = try? JSONText.of(grammar, isIndented: true) else {
      fatalError("a grammar of strings cannot be written as JSON")
    }
    return text + "\n"
  }

  private struct Rule: Encodable {
    let match, name: String
  }

  private struct Grammar: Encodable {
    let fileTypes: [String]
    let name: String
    let patterns: [Rule]
    let scopeName: String
  }
}

extension Parameter.Accepted {
  /// The words that may stand there, but `true` and `false`.
  var words: [String] {
    switch self {
    case .choice(let words), .wholeOr(_, let words): words
    case .list(let element, _): element.words
    case .anyOf(let kinds): kinds.flatMap(\.words)
    case .whole, .real, .flag, .anything: []
    }
  }
}
