import Diagnostics
import IR

/// Cuts a model file into tokens. Comments are tokens too; only white space is passed over.
///
///     name    = letter { letter | digit } ;        letter = "A".."Z" | "a".."z" | "_"
///     pattern = { letter | digit | "*" } "." { letter | digit | "*" | "." }
///     number  = digits [ "." digits ] [ ( "e" | "E" ) [ "+" | "-" ] digits ]
///     string  = '"' { any character but '"' and a line break } '"'
///     comment = "#" up to the end of the line
struct Lexer {
  private let bytes: [UInt8]
  /// Where the next token, or the space before it, starts. Columns are counted along the way: to
  /// count them from a line's start for each token would take quadratic time on one long line.
  private var position = SourcePosition.start
  private(set) var tokens: [Token] = []
  private(set) var diagnostics: [Diagnostic] = []

  /// All tokens of `source`, the last one `end`, and what is wrong with them.
  ///
  /// - Parameter file: What positions call the file.
  static func tokens(
    of source: SourceFile, file: Int = 0
  ) -> (tokens: [Token], diagnostics: [Diagnostic]) {
    var lexer = Lexer(bytes: source.bytes, file: file)
    lexer.run()
    return (lexer.tokens, lexer.diagnostics)
  }

  private init(bytes: [UInt8], file: Int) {
    self.bytes = bytes
    position.file = file
  }

  private mutating func run() {
    // A byte order mark says nothing in UTF-8; editors on Windows write one.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position.offset = 3 }
    while let byte = peek() {
      if Self.isSpace(byte) {
        advance()
      } else {
        lexToken(first: byte)
      }
    }
    tokens.append(Token(.end, "", at: SourceRange(position, position)))
  }

  private mutating func lexToken(first: UInt8) {
    switch first {
    case UInt8(ascii: "#"):
      add(.comment) { $0 != UInt8(ascii: "\n") }
      trimCarriageReturn()
    case UInt8(ascii: "\""): lexString()
    case _ where startsPattern():
      add(.pattern, while: Self.isOfPattern)
    case _ where Self.isLetter(first) || startsForeignWord(): lexName()
    case _ where Self.isDigit(first): lexNumber()
    default:
      if let kind = Self.signs[first] {
        var taken = false
        add(kind) { _ in
          defer { taken = true }
          return !taken
        }
      } else {
        lexInvalid()
      }
    }
  }

  private static let signs: [UInt8: Token.Kind] = [
    UInt8(ascii: "{"): .leftBrace, UInt8(ascii: "}"): .rightBrace,
    UInt8(ascii: "("): .leftParenthesis, UInt8(ascii: ")"): .rightParenthesis,
    UInt8(ascii: "["): .leftBracket, UInt8(ascii: "]"): .rightBracket,
    UInt8(ascii: ","): .comma, UInt8(ascii: ":"): .colon, UInt8(ascii: "="): .equals,
    UInt8(ascii: "|"): .pipe, UInt8(ascii: "+"): .plus, UInt8(ascii: "-"): .minus,
    UInt8(ascii: "*"): .times, UInt8(ascii: "/"): .slash,
  ]

  /// A name with letters that no name may have is one mistake, and still a name to the parser.
  private mutating func lexName() {
    let token = add(.name) { Self.isLetter($0) || Self.isDigit($0) || $0 >= 0x80 }
    if token.text.utf8.contains(where: { $0 >= 0x80 }) {
      diagnostics.append(.invalidCharacter(token))
    } else if token.text.utf8.count > Limits.nameLength {
      diagnostics.append(.nameTooLong(token))
    }
  }

  /// Whether a letter or a star is next, and a point that a letter or a star follows comes before
  /// anything else: `conv*.weight`, but not `k*0.5`.
  private func startsPattern() -> Bool {
    guard let first = peek(), Self.isLetter(first) || first == UInt8(ascii: "*") else {
      return false
    }
    // No further than names reach: a long product is not to be looked through for each factor.
    let rest = bytes[position.offset...].prefix(2 * Limits.nameLength)
    guard let point = rest.firstIndex(where: { !Self.isOfPattern($0) || $0 == UInt8(ascii: ".") }),
      bytes[point] == UInt8(ascii: "."), point + 1 < bytes.count
    else { return false }
    return Self.isLetter(bytes[point + 1]) || bytes[point + 1] == UInt8(ascii: "*")
  }

  private static func isOfPattern(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "*") || byte == UInt8(ascii: ".")
  }

  /// Whether a letter of another alphabet is next.
  private func startsForeignWord() -> Bool {
    guard let first = peek(), first >= 0x80 else { return false }
    let scalars = String(decoding: bytes[position.offset...].prefix(4), as: UTF8.self)
    return scalars.unicodeScalars.first?.properties.isAlphabetic ?? false
  }

  /// Takes everything that someone may have thought to be part of the number, so that `3x3` and
  /// `1.2.3` are one mistake each.
  private mutating func lexNumber() {
    var last: UInt8 = 0
    let token = add(.number) { byte in
      defer { last = byte }
      let isExponent = last == UInt8(ascii: "e") || last == UInt8(ascii: "E")
      let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
      return Self.isLetter(byte) || Self.isDigit(byte) || byte == UInt8(ascii: ".")
        || (isExponent && isSign)
    }
    if let problem = NumberSyntax.problem(in: token.text) {
      diagnostics.append(.invalidNumber(token, problem))
    }
  }

  /// A path in quotes, which end on the line on which they start.
  private mutating func lexString() {
    var quotes = 0
    let token = add(.string) { byte in
      if quotes == 2 || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return false }
      quotes += byte == UInt8(ascii: "\"") ? 1 : 0
      return true
    }
    if quotes == 2 { return }
    tokens[tokens.count - 1].kind = .invalid
    diagnostics.append(.unclosedQuote(token))
  }

  /// One diagnostic for a run of characters that mean nothing.
  private mutating func lexInvalid() {
    let token = add(.invalid) { byte in
      !Self.isSpace(byte) && !Self.isLetter(byte) && !Self.isDigit(byte)
        && byte != UInt8(ascii: "#")
        && Self.signs[byte] == nil
    }
    diagnostics.append(.invalidCharacter(token))
  }

  // MARK: The cursor

  private func peek() -> UInt8? {
    position.offset < bytes.count ? bytes[position.offset] : nil
  }

  private mutating func advance() {
    let byte = bytes[position.offset]
    position.offset += 1
    if byte == UInt8(ascii: "\n") {
      position.line += 1
      position.column = 1
    } else if byte & 0xC0 != 0x80 {
      // The first byte of a scalar moves on by a column, those that follow it do not.
      position.column += 1
    }
  }

  /// Takes bytes while `belongs` says so and makes a token of them. The closure must not capture
  /// the lexer: a second owner of `tokens` would have all of them copied for each token.
  @discardableResult
  private mutating func add(_ kind: Token.Kind, while belongs: (UInt8) -> Bool) -> Token {
    let start = position
    while let byte = peek(), belongs(byte) { advance() }
    let text = String(decoding: bytes[start.offset..<position.offset], as: UTF8.self)
    let token = Token(kind, text, at: SourceRange(start, position))
    tokens.append(token)
    return token
  }

  /// A comment ends before the `\r` of a line that ends in `\r\n`.
  private mutating func trimCarriageReturn() {
    guard var comment = tokens.last, comment.text.unicodeScalars.last == "\r" else { return }
    comment.text.unicodeScalars.removeLast()
    comment.range.upper.offset -= 1
    comment.range.upper.column -= 1
    tokens[tokens.count - 1] = comment
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
      || byte == UInt8(ascii: "\r")
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
