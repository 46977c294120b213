import Diagnostics
import IR

extension Parser {
  /// `pipeline = sum { "|" stage } ;`
  mutating func pipeline() throws(Recovery) -> PipelineSyntax {
    let start = current.range
    var terms = [try product(isSubtracted: false)]
    while current.kind == .plus || current.kind == .minus {
      terms.append(try product(isSubtracted: advance().kind == .minus))
    }
    var pipeline = PipelineSyntax(
      terms: terms, sumName: nil, stages: [], range: start, sumRange: range(from: start))
    pipeline.sumName = try sumName(of: pipeline)
    while take(.pipe) != nil { pipeline.stages.append(try stage()) }
    pipeline.range = range(from: start)
    return pipeline
  }

  /// `sum = product { ( "+" | "-" ) product } [ "as" name ] ;` Only what has an operator is a layer
  /// that can have a name.
  private mutating func sumName(of pipeline: PipelineSyntax) throws(Recovery) -> NameSyntax? {
    guard isAt(.named) else { return nil }
    if pipeline.operatorCount == 0 {
      throw unexpected(
        expected: "'|' or '+'", help: "'as' names a layer: 'x | relu as first', or 'a + b as sum'")
    }
    advance()
    return try name("the layer's name")
  }

  /// `product = operand { ( "*" | "/" ) operand } ;`
  private mutating func product(isSubtracted: Bool) throws(Recovery) -> ProductSyntax {
    let start = current.range
    var factors = [try operand(.times)]
    while current.kind == .times || current.kind == .slash {
      factors.append(try operand(advance().kind == .times ? .times : .over))
    }
    return ProductSyntax(
      isSubtracted: isSubtracted, factors: factors, range: range(from: start))
  }

  /// `operand = [ "-" ] term ;`
  private mutating func operand(_ join: ValueSyntax.Join) throws(Recovery)
    -> ProductSyntax.Factor
  {
    let start = current.range
    let isNegative = take(.minus) != nil
    let term = try term()
    return ProductSyntax.Factor(
      join: join, isNegative: isNegative, term: term, range: range(from: start))
  }

  /// `term = number | name | call | "(" pipeline ")" ;`, where a call has parentheses.
  private mutating func term() throws(Recovery) -> TermSyntax {
    if let number = take(.number) { return .number(number.text) }
    if current.kind == .name, following.kind == .leftParenthesis, !isAtStatement {
      return .call(try call())
    }
    guard let opening = take(.leftParenthesis) else { return .name(try name("a value")) }
    guard depth < Limits.depth else {
      diagnostics.append(.parenthesesTooDeep(opening))
      throw Recovery()
    }
    depth += 1
    defer { depth -= 1 }
    let inner = try pipeline()
    try close(.rightParenthesis, opening: opening, separator: "'|'")
    return .group(inner)
  }

  /// `stage = call [ "as" name ] ;`
  private mutating func stage() throws(Recovery) -> StageSyntax {
    guard current.kind == .name, !isAtStatement else { throw unexpected(expected: "a layer") }
    let call = try call()
    var name: NameSyntax?
    if isAt(.named) {
      advance()
      name = try self.name("the layer's name")
    }
    return StageSyntax(call: call, name: name, range: range(from: call.range))
  }

  /// `call = name [ "(" [ argument { "," argument } [ "," ] ] ")" ] ;`
  ///
  /// An argument that cannot be read costs the call, not the pipeline.
  mutating func call() throws(Recovery) -> CallSyntax {
    let token = try expect(.name)
    var call = CallSyntax(
      name: NameSyntax(text: token.text, range: token.range), arguments: [], isComplete: true,
      range: token.range)
    guard let opening = take(.leftParenthesis) else { return call }
    while current.kind != .rightParenthesis {
      do throws(Recovery) {
        call.arguments.append(try argument())
        if take(.comma) == nil {
          try close(.rightParenthesis, opening: opening, separator: "','")
          call.range = range(from: token.range)
          return call
        }
      } catch {
        call.isComplete = false
        guard skipToArgument() else {
          call.range = range(from: token.range)
          return call
        }
      }
    }
    advance()
    call.range = range(from: token.range)
    return call
  }

  /// Passes over the rest of an argument that could not be read. False where the call ends without
  /// a closing parenthesis.
  private mutating func skipToArgument() -> Bool {
    var nested = 0
    while !isAtStatement, current.kind != .pipe || nested > 0 {
      switch current.kind {
      case .leftParenthesis, .leftBracket: nested += 1
      case .rightBracket: nested -= nested > 0 ? 1 : 0
      case .rightParenthesis:
        if nested == 0 { return true }
        nested -= 1
      case .comma:
        if nested == 0 {
          advance()
          return true
        }
      default: break
      }
      advance()
    }
    return false
  }

  /// `argument = [ name ":" ] ( value | list ) ;`
  private mutating func argument() throws(Recovery) -> ArgumentSyntax {
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
    let value = current.kind == .leftBracket ? try list() : try value()
    return ArgumentSyntax(key: key, value: value, range: range(from: start))
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

  /// `value = factor { ( "*" | "/" ) factor } ;`
  mutating func value() throws(Recovery) -> ValueSyntax {
    let start = current.range
    var factors = [try factor(.times)]
    while current.kind == .times || current.kind == .slash {
      factors.append(try factor(advance().kind == .times ? .times : .over))
    }
    return ValueSyntax(factors: factors, range: range(from: start))
  }

  /// `factor = [ "-" ] ( number | name ) ;`
  private mutating func factor(_ join: ValueSyntax.Join) throws(Recovery) -> ValueSyntax.Factor {
    let start = current.range
    let isNegative = take(.minus) != nil
    guard current.kind == .number || current.kind == .name, !isAtStatement else {
      throw unexpected(expected: "a value")
    }
    let token = advance()
    let atom: ValueSyntax.Atom = token.kind == .number ? .number(token.text) : .word(token.text)
    return ValueSyntax.Factor(
      join: join, isNegative: isNegative, atom: atom, range: range(from: start))
  }
}
