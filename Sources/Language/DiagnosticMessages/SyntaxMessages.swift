import Diagnostics
import IR

// What is said about text that does not follow the grammar. The messages live here, away from the
// places that find the mistakes, so that they can be read and changed as prose.
extension Diagnostic {
  static func invalidCharacter(_ token: Token) -> Diagnostic {
    if token.kind == .name {
      return Diagnostic(
        .invalidCharacter,
        "the name '\(token.text.abbreviated)' has letters that a name cannot have",
        at: token.range, help: "names are made of A to Z, a to z, 0 to 9 and '_'")
    }
    let scalar = token.text.unicodeScalars.first.map(describe) ?? "nothing"
    return Diagnostic(
      .invalidCharacter, "\(scalar) has no meaning in a model", at: token.range,
      help: "take it out; a comment starts with '#'")
  }

  /// A character as a message shows it: one that cannot be seen by its number.
  private static func describe(_ scalar: Unicode.Scalar) -> String {
    let number = String(scalar.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - number.count)) + number
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator, .nonspacingMark, .enclosingMark:
      return "the character \(code)"
    default:
      return scalar.isASCII ? "'\(scalar)'" : "'\(scalar)' (\(code))"
    }
  }

  static func invalidNumber(_ token: Token, _ problem: String) -> Diagnostic {
    Diagnostic(
      .invalidNumber, "'\(token.text.abbreviated)' \(problem)", at: token.range,
      help: "numbers are written 64, 0.001, 1e-5 or 1/255")
  }

  static func nameTooLong(_ token: Token) -> Diagnostic {
    Diagnostic(
      .nameTooLong,
      "a name of \(token.text.utf8.count) characters is too long; \(Limits.nameLength) are allowed",
      at: token.range)
  }

  static func layerNameTooLong(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .nameTooLong,
      "within its blocks this layer is called '\(name.abbreviated)', which has "
        + "\(name.utf8.count) characters; \(Limits.nameLength) are allowed",
      at: range, help: "give the blocks, their uses or the layer shorter names")
  }

  static func unexpectedToken(
    _ token: Token, expected: String, help: String?
  ) -> Diagnostic {
    Diagnostic(
      .unexpectedToken, "expected \(expected), found \(token.spelling)", at: token.range, help: help
    )
  }

  static func unclosedBracket(
    _ opening: Token, closing: Token.Kind, at token: Token
  ) -> Diagnostic {
    Diagnostic(
      .unclosedBracket, "\(opening.spelling) is never closed", at: opening.range,
      notes: [Note("\(closing.rawValue) was expected before this", at: token.range)])
  }

  static func unclosedQuote(_ token: Token) -> Diagnostic {
    Diagnostic(
      .unclosedBracket, "the quote is never closed", at: token.range,
      help: "a path ends on its line, with a quote: include \"blocks.bn\"")
  }

  static func unreadableInclude(_ include: IncludeSyntax, _ failure: Failure) -> Diagnostic {
    let path = failure.path.map { $0 == include.path ? "" : "\($0): " } ?? ""
    return Diagnostic(
      .unreadableInclude,
      "\"\(include.path.abbreviated)\" cannot be included: \(path)\(failure.what)",
      at: include.range, help: failure.help)
  }

  static func recursiveInclude(_ include: IncludeSyntax, through files: [String]) -> Diagnostic {
    Diagnostic(
      .recursiveInclude,
      files.count < 2
        ? "the file includes itself"
        : "the file includes itself through \(list(Array(files.dropFirst().prefix(4)), "and"))",
      at: include.range,
      help: "put what both need into a file of its own, which both include")
  }

  static func reservedWord(_ token: Token) -> Diagnostic {
    Diagnostic(
      .reservedWord, "'\(token.text)' is a word of the language and cannot be a name",
      at: token.range, help: "choose another name, such as '\(token.text)_1'")
  }

  static func unknownItem(_ token: Token, suggestion: String?) -> Diagnostic {
    Diagnostic(
      .unknownStatement,
      "a file holds a model, blocks, constants, included files and a training block, and "
        + "'\(token.text.abbreviated)' starts none of them",
      at: token.range, help: didYouMean(suggestion))
  }

  static func unknownStatement(
    _ token: Token, following: Token, suggestion: String?
  ) -> Diagnostic {
    if following.kind == .pipe || following.kind == .plus {
      return Diagnostic(
        .unknownStatement, "this pipeline has no name", at: token.range,
        help: "name its result: 'y = \(token.text.abbreviated) \(following.text) ...'")
    }
    return Diagnostic(
      .unknownStatement, "'\(token.text.abbreviated)' starts no statement", at: token.range,
      help: didYouMean(suggestion)
        ?? "statements are 'input', 'target', 'loss', 'const' and 'NAME = ...'")
  }

  static func parenthesesTooDeep(_ opening: Token) -> Diagnostic {
    Diagnostic(
      .tooDeep,
      "\(opening.kind == .leftBrace ? "repetitions" : "parentheses") are nested more than "
        + "\(Limits.depth) deep", at: opening.range,
      help: "give what is in the inner ones a name of its own")
  }

  static func unknownSetting(
    _ name: NameSyntax, known: [String]
  ) -> Diagnostic {
    Diagnostic(
      .unknownStatement, "'\(name.text.abbreviated)' is no setting of training", at: name.range,
      help: didYouMean(Suggestion.closest(to: name.text, in: known))
        ?? "settings are \(list(known, "and"))")
  }

  /// The help line for a misspelt word.
  static func didYouMean(_ suggestion: String?) -> String? {
    suggestion.map { "did you mean '\($0)'?" }
  }

  /// `'a', 'b' and 'c'`
  static func list(_ words: [String], _ conjunction: String) -> String {
    let quoted = words.map { "'\($0)'" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " \(conjunction) " + last
  }
}
