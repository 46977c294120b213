import Diagnostics
import IR

// What stands between the parentheses of a call.
extension Parser {
  /// Passes over the rest of a value in parentheses that could not be read, and the closing one.
  private mutating func skipPastParenthesis() {
    var nested = 1
    while nested > 0, !isAtStatement, current.kind != .pipe {
      switch advance().kind {
      case .leftParenthesis: nested += 1
      case .rightParenthesis: nested -= 1
      default: break
      }
    }
  }

  /// `argument = [ name ":" ] ( value | list ) ;`
  mutating func argument() throws(Recovery) -> ArgumentSyntax {
    let start = current.range
    var key: NameSyntax?
    if current.kind == .name, following.kind == .colon {
      let token = advance()
      key = NameSyntax(text: token.text, range: token.range)
      advance()
    } else if isAtAssignment {
      advance()
      throw unexpected(expected: "':'", help: "'=' names a value; a key takes ':'")
    }
    let value = key != nil && isAtLoneKeyword ? keywordAsValue() : try valueOrList()
    try refusePipeline(expected: "',' or ')'")
    return ArgumentSyntax(key: key, value: value, range: range(from: start))
  }

  /// `metric: loss`: the word of a statement where no statement can begin.
  private var isAtLoneKeyword: Bool {
    current.kind == .name && isAtStatement
      && (following.kind == .comma || following.kind == .rightParenthesis)
  }

  private mutating func keywordAsValue() -> ValueSyntax {
    let token = advance()
    let factor = ValueSyntax.Factor(
      join: .times, isNegative: false, atom: .word(token.text), range: token.range)
    return ValueSyntax(factors: [factor], range: token.range)
  }

  /// `key = value` was written for `key: value`. On a line of its own it is the next statement, and
  /// the parenthesis before it was not closed.
  private var isAtAssignment: Bool {
    current.kind == .name && following.kind == .equals
      && current.range.lower.line == previousEnd.line
  }

  /// `list = "[" value { "," value } [ "," ] "]" ;`
  private mutating func list() throws(Recovery) -> ValueSyntax {
    let shape = try shape()
    let factor = ValueSyntax.Factor(
      join: .times, isNegative: false, atom: .list(shape.dimensions), range: shape.range)
    return ValueSyntax(factors: [factor], range: shape.range)
  }

  /// `value | list`
  mutating func valueOrList() throws(Recovery) -> ValueSyntax {
    current.kind == .leftBracket ? try list() : try value()
  }

  /// `value = product { ( "+" | "-" ) product } ;`, `product = factor { ( "*" | "/" ) factor } ;`
  mutating func value() throws(Recovery) -> ValueSyntax {
    let start = current.range
    var factors = [try factor(.times)]
    while let join = Self.joins[current.kind] {
      advance()
      factors.append(try factor(join))
    }
    return ValueSyntax(factors: factors, range: range(from: start))
  }

  /// The signs between the factors of a value.
  static let joins: [Token.Kind: ValueSyntax.Join] = [
    .times: .times, .slash: .over, .plus: .plus, .minus: .minus,
  ]

  /// `factor = [ "-" ] ( number | name | "(" value ")" ) ;`
  mutating func factor(_ join: ValueSyntax.Join) throws(Recovery) -> ValueSyntax.Factor {
    let start = current.range
    let isNegative = take(.minus) != nil
    let atom = try atom()
    return ValueSyntax.Factor(
      join: join, isNegative: isNegative, atom: atom, range: range(from: start))
  }

  /// Says of a pipeline in parentheses that closes on its line that an argument is none, and passes
  /// over it.
  private mutating func refusePipeline(expected: String = "')'") throws(Recovery) {
    guard current.kind == .pipe else { return }
    var (open, count) = (1, 0)
    for token in restOfLine where open > 0 {
      if token.kind == .leftParenthesis { open += 1 }
      if token.kind == .rightParenthesis { open -= 1 }
      count += 1
    }
    guard open == 0 else { return }
    let mistake = unexpected(
      expected: expected,
      help:
        "an argument is a value or a name: name the pipeline in a statement of its own, as 'z = x | relu'"
    )
    for _ in 1..<count { advance() }
    throw mistake
  }

  private mutating func atom() throws(Recovery) -> ValueSyntax.Atom {
    if let opening = take(.leftParenthesis) {
      do throws(Recovery) {
        return .group(
          try nested(in: opening) { parser throws(Recovery) in
            let inner = try parser.value()
            try parser.refusePipeline()
            try parser.close(.rightParenthesis, opening: opening, separator: "an operator")
            return inner
          })
      } catch {
        // What stands after the parenthesis is not to be taken for what follows the call.
        skipPastParenthesis()
        throw error
      }
    }
    guard current.kind == .number || current.kind == .name, !isAtStatement else {
      throw unexpected(expected: "a value")
    }
    let token = advance()
    return token.kind == .number ? .number(token.text) : .word(token.text)
  }
}
