import Diagnostics
import IR

/// Recursive descent over the tokens, one function a rule of the grammar, the rule above it. An
/// error is reported where it is found and thrown up to the nearest place that knows where to go
/// on: an argument, a statement, an item.
struct Parser {
  /// All tokens but the comments; the last one is `end`.
  private let tokens: [Token]
  private(set) var index = 0
  /// The end of the token before the current one.
  private(set) var previousEnd = SourcePosition.start
  var diagnostics: [Diagnostic] = []
  var isDamaged = false
  /// The text of statements and items that were passed over as a whole.
  private(set) var unread = UnreadText()
  /// Parentheses that are open around the current pipeline.
  var depth = 0

  /// Thrown after the reason has been reported.
  struct Recovery: Error {}

  init(tokens: [Token]) {
    self.tokens = tokens.filter { $0.kind != .comment }
  }

  // MARK: The cursor

  /// The token that is next.
  var current: Token { tokens[index] }

  /// That and all that follow it on its line.
  var restOfLine: some Sequence<Token> {
    tokens[index...].prefix { $0.range.lower.line == current.range.lower.line }
  }

  /// The token after it.
  var following: Token { tokens[min(index + 1, tokens.count - 1)] }

  /// Takes the next token; the end is never taken.
  @discardableResult
  mutating func advance() -> Token {
    let token = current
    if token.kind != .end {
      index += 1
      previousEnd = token.range.upper
    }
    return token
  }

  /// Takes the next token if it is of `kind`.
  mutating func take(_ kind: Token.Kind) -> Token? {
    current.kind == kind ? advance() : nil
  }

  /// Takes a token of `kind`, or reports that `what` was expected.
  @discardableResult
  mutating func expect(
    _ kind: Token.Kind, _ what: String? = nil, help: String? = nil
  ) throws(Recovery) -> Token {
    if let token = take(kind) { return token }
    throw unexpected(expected: what ?? kind.rawValue, help: help)
  }

  /// Whether the next token is the word `keyword`.
  func isAt(_ keyword: Keyword) -> Bool {
    current.kind == .name && current.text == keyword.rawValue
  }

  /// From `start` to the end of the last token taken.
  func range(from start: SourceRange) -> SourceRange {
    SourceRange(start.lower, max(start.lower, previousEnd))
  }

  // MARK: Errors

  /// Reports that something else was expected here. What the lexer could not read was reported
  /// there.
  mutating func unexpected(expected: String, help: String? = nil) -> Recovery {
    let isReported =
      current.kind == .invalid
      || current.kind == .number && NumberSyntax.problem(in: current.text) != nil
    if !isReported {
      diagnostics.append(.unexpectedToken(current, expected: expected, help: help))
    }
    return Recovery()
  }

  /// `name = letter { letter | digit } ;` but none of the reserved words.
  mutating func name(_ what: String) throws(Recovery) -> NameSyntax {
    let token = try expect(.name, what)
    if Keyword(rawValue: token.text) != nil { diagnostics.append(.reservedWord(token)) }
    return NameSyntax(text: token.text, range: token.range)
  }

  // MARK: Going on after an error

  /// Whether a statement or an item starts here, or the braces around it end.
  var isAtStatement: Bool {
    switch current.kind {
    case .end, .rightBrace: true
    case .name:
      following.kind == .equals || isAt(.input) || isAt(.target) || isAt(.loss) || isAtConstant
        || isAtItem
    default: false
    }
  }

  /// Whether a constant starts here, which stands among items and among statements.
  var isAtConstant: Bool { isAt(.const) && following.kind == .name }

  /// Whether a model, a block, a training block or an included file starts here.
  var isAtItem: Bool {
    (isAt(.model) || isAt(.block)) && following.kind == .name
      || isAt(.training) && following.kind == .leftBrace
      || isAt(.include) && following.kind == .string
  }

  /// Passes over everything up to the next statement.
  mutating func skipToStatement() {
    while !isAtStatement { advance() }
  }

  /// Passes over everything up to the next item, and gives up what starts at the token `start`.
  mutating func skipToItem(givingUp start: Int) {
    while current.kind != .end, !isAtItem, !isAtConstant { advance() }
    giveUp(from: start)
  }

  /// Passes over everything up to the next statement, and gives up the one that starts at the token
  /// `start`.
  mutating func skipToStatement(givingUp start: Int) {
    skipToStatement()
    giveUp(from: start)
  }

  private mutating func giveUp(from start: Int) {
    isDamaged = true
    unread.add(tokens[start..<index])
  }

  /// Closes what `opening` opened. Where the closing sign is missing, says so at the opening one
  /// too.
  mutating func close(_ kind: Token.Kind, opening: Token, separator: String?) throws(Recovery) {
    if take(kind) != nil { return }
    if current.kind == .invalid { throw Recovery() }
    if isAtStatement || current.kind == .pipe {
      diagnostics.append(.unclosedBracket(opening, closing: kind, at: current))
      throw Recovery()
    }
    throw unexpected(expected: (separator.map { $0 + " or " } ?? "") + kind.rawValue)
  }
}
