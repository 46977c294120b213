import Diagnostics

/// The tokens so far, laid out.
struct Layout {
  /// The offsets at which statements start.
  private let starts: Set<Int>
  /// The offsets of braces that stand within a statement and are laid out as parentheses are.
  private let repetitionBraces: Set<Int>
  private var lines: [String] = []
  /// The line that is being filled; nil before its first token.
  private var line: String?
  private var previous: Token?
  /// What stands before `previous`, comments left out: whether a minus is a sign follows from it.
  private var beforePrevious: Token.Kind?
  /// Where the line could be cut: before its last `|`, `+` or `-` outside parentheses.
  private var lastCut: Int?
  /// Braces that are open.
  private var braces = 0
  /// Parentheses and brackets that are open.
  private var parentheses = 0
  /// Whether the last token but comments ended a statement or opened or closed a brace, so that
  /// what follows does not continue it.
  private var isBetweenStatements = true

  /// A line longer than this is cut before its `|`.
  private static let width = 100

  init(starts: Set<Int>, repetitionBraces: Set<Int>) {
    self.starts = starts
    self.repetitionBraces = repetitionBraces
  }

  /// The file, each line ended.
  var text: String {
    var whole = lines + (line.map { [$0] } ?? [])
    while whole.last?.isEmpty == true { whole.removeLast() }
    return whole.map { $0 + "\n" }.joined()
  }

  /// Adds the next token; `subject` is itself or, for a comment, the token that it stands before.
  mutating func add(_ token: Token, before subject: Token) {
    if token.kind == .end { return }
    let startsStatement = starts.contains(token.range.lower.offset)
    isBetweenStatements =
      isBetweenStatements || ends(subject) || subject.kind == .end
      || starts.contains(subject.range.lower.offset)
    switch token.kind {
    case .rightBrace where ends(token): braces = max(0, braces - 1)
    case .rightBrace: parentheses = max(0, parentheses - 1)
    case .rightParenthesis, .rightBracket: parentheses = max(0, parentheses - 1)
    default: break
    }
    if needsNewLine(before: token, startsStatement: startsStatement) {
      startLine(before: token, startsStatement: startsStatement)
    }
    append(token)
    remember(token, startsStatement: startsStatement)
  }

  /// Whether `token` opens the statements of a model, a block or a training block.
  private func opens(_ token: Token) -> Bool {
    token.kind == .leftBrace && !repetitionBraces.contains(token.range.lower.offset)
  }

  /// Whether `token` ends the statements of a model, a block or a training block.
  private func ends(_ token: Token) -> Bool {
    token.kind == .rightBrace && !repetitionBraces.contains(token.range.lower.offset)
  }

  private func needsNewLine(before token: Token, startsStatement: Bool) -> Bool {
    guard let previous, line != nil else { return true }
    if previous.kind == .comment || startsStatement { return true }
    let isOnNewLine = token.range.lower.line > previous.range.upper.line
    switch token.kind {
    case .comment: return isOnNewLine
    // An empty block or model may be closed at once.
    case .rightBrace where ends(token): return previous.kind != .leftBrace
    case .leftBrace: return false
    default:
      // A word and what it needs at once stay together; elsewhere the writer cuts.
      return opens(previous)
        || (isOnNewLine && mayBreak(before: token, after: previous))
    }
  }

  private func mayBreak(before token: Token, after previous: Token) -> Bool {
    switch (previous.kind, token.kind) {
    case (_, .pipe), (_, .plus), (_, .minus), (_, .times), (_, .slash), (.equals, _),
      (.leftParenthesis, _), (.comma, _),
      (.leftBracket, _), (_, .rightParenthesis), (_, .rightBracket),
      (.leftBrace, _), (_, .rightBrace):
      true
    default: false
    }
  }

  private mutating func startLine(before token: Token, startsStatement: Bool) {
    if let finished = line { lines.append(finished) }
    line = nil
    guard let previous, let last = lines.last, !last.isEmpty else { return }
    let isApart = isBetweenStatements && token.range.lower.line > previous.range.upper.line + 1
    let isAtBrace = previous.kind == .leftBrace || token.kind == .rightBrace
    // What stands at the top level stands apart, but a comment stays with what it is about.
    let isItem =
      braces == 0
      && (previous.kind == .rightBrace && (startsStatement || token.kind == .comment)
        || previous.kind != .comment && startsStatement
          && ![Keyword.const, .include].map(\.rawValue).contains(token.text))
    if (isApart && !isAtBrace) || isItem { lines.append("") }
  }

  private mutating func append(_ token: Token) {
    let written = written(token)
    guard line != nil, let previous else {
      line = String(repeating: " ", count: indent) + written
      lastCut = nil
      return
    }
    let space = token.kind == .comment ? "  " : hasSpace(previous, token) ? " " : ""
    if parentheses == 0,
      token.kind == .pipe || token.kind == .plus
        || token.kind == .minus && isDifference(after: previous)
    {
      lastCut = line?.utf8.count
    }
    // In place: to make a new string for each token would take quadratic time on a long line.
    line?.append(space)
    line?.append(written)
    if token.kind != .comment { cutIfTooLong() }
  }

  /// Goes on in a new line from the last `|` that fitted, so that a very long pipeline can be read.
  private mutating func cutIfTooLong() {
    guard let cut = lastCut, let current = line, current.utf8.count > Self.width else { return }
    lines.append(String(decoding: current.utf8.prefix(cut), as: UTF8.self))
    let rest = String(decoding: current.utf8.dropFirst(cut + 1), as: UTF8.self)
    line = String(repeating: " ", count: braces * 2 + 2) + rest
    lastCut = nil
  }

  /// A comment without the space at its end; any other token as it is.
  private func written(_ token: Token) -> String {
    guard token.kind == .comment else { return token.text }
    var text = token.text
    while let last = text.unicodeScalars.last, last == " " || last == "\t" || last == "\r" {
      text.unicodeScalars.removeLast()
    }
    return text
  }

  /// Spaces before a line's first token.
  private var indent: Int {
    braces * 2 + (isBetweenStatements ? 0 : 2 + parentheses * 2)
  }

  private func hasSpace(_ left: Token, _ right: Token) -> Bool {
    switch (left.kind, right.kind) {
    case (.leftParenthesis, _), (.leftBracket, _), (_, .rightParenthesis), (_, .rightBracket),
      (_, .comma), (_, .colon), (.slash, _), (_, .slash), (.leftBrace, .rightBrace):
      false
    case (.minus, _): [.number, .name, .rightParenthesis, .rightBracket].contains(beforePrevious)
    case (.name, .leftParenthesis):
      left.text == Keyword.named.rawValue || starts.contains(left.range.lower.offset)
    default: true
    }
  }

  /// Whether a minus after `token` stands between two operands.
  private func isDifference(after token: Token) -> Bool {
    switch token.kind {
    case .name, .number, .rightParenthesis, .rightBracket: true
    default: false
    }
  }

  /// Remembers `token` for the one after it.
  private mutating func remember(_ token: Token, startsStatement: Bool) {
    switch token.kind {
    case .leftBrace where opens(token):
      braces += 1
      isBetweenStatements = true
    case .rightBrace where ends(token):
      isBetweenStatements = true
    case .leftBrace, .leftParenthesis, .leftBracket:
      parentheses += 1
      isBetweenStatements = false
    case .comment: break
    default: isBetweenStatements = false
    }
    // `input` is one letter shorter than `target`: a space more puts their names below each other.
    if startsStatement, braces > 0, token.text == Keyword.input.rawValue { line?.append(" ") }
    if previous?.kind != .comment { beforePrevious = previous?.kind }
    previous = token
  }
}
