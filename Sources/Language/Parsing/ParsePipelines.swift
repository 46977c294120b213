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

  /// `term = number | name | call | "(" pipeline ")" [ frozen ] ;`, where a call has parentheses.
  mutating func term() throws(Recovery) -> TermSyntax {
    if let number = take(.number) { return .number(number.text) }
    if current.kind == .name, following.kind == .leftParenthesis, !isAtStatement {
      return .call(try call())
    }
    guard let opening = take(.leftParenthesis) else {
      if current.kind == .name, Keyword.isFlag(current.text) {
        diagnostics.append(.flagForValue(current))
        let token = advance()
        return .name(NameSyntax(text: token.text, range: token.range))
      }
      return .name(try name("a value"))
    }
    var inner = try nested(in: opening) { parser throws(Recovery) in
      let inner = try parser.pipeline()
      try parser.close(.rightParenthesis, opening: opening, separator: "'|'")
      return inner
    }
    inner.frozen = try frozen()
    return .group(inner)
  }

  /// `frozen = "frozen" [ "(" name { "," name } [ "," ] ")" ] ;`
  private mutating func frozen() throws(Recovery) -> FrozenSyntax? {
    guard isAt(.frozen) else { return nil }
    let keyword = advance().range
    var names: [NameSyntax] = []
    if let opening = take(.leftParenthesis) {
      repeat {
        names.append(try name("a parameter's name, such as 'weight'"))
      } while take(.comma) != nil && current.kind != .rightParenthesis
      try close(.rightParenthesis, opening: opening, separator: "','")
    }
    return FrozenSyntax(names: names, range: range(from: keyword))
  }

  /// What `read` reads within parentheses, unless those are nested too deep.
  mutating func nested<Read>(
    in opening: Token, _ read: (inout Parser) throws(Recovery) -> Read
  ) throws(Recovery) -> Read {
    guard depth < Limits.depth else {
      diagnostics.append(.parenthesesTooDeep(opening))
      throw Recovery()
    }
    depth += 1
    defer { depth -= 1 }
    return try read(&self)
  }

  /// `stage = call [ frozen ] [ "as" name ] | repetition ;`
  private mutating func stage() throws(Recovery) -> StageSyntax {
    guard current.kind == .name, !isAtStatement else { throw unexpected(expected: "a layer") }
    if isAt(.repetition) { return try repetition() }
    let call = try call()
    let frozen = try frozen()
    let name = try givenName()
    if name != nil, isAt(.frozen) {
      throw unexpected(
        expected: "'|' or the next statement", help: "'frozen' stands before 'as'")
    }
    return StageSyntax(
      work: .call(call), frozen: frozen, name: name, range: range(from: call.range))
  }

  /// `[ "as" name ]`
  private mutating func givenName() throws(Recovery) -> NameSyntax? {
    guard isAt(.named) else { return nil }
    advance()
    return try name("the layer's name")
  }

  /// `repetition = "repeat" value [ "as" name ] "{" stage { "|" stage } "}" [ frozen ] ;`
  private mutating func repetition() throws(Recovery) -> StageSyntax {
    let keyword = advance().range
    var isOpen = false
    do throws(Recovery) {
      let count = try value()
      let name = try givenName()
      let opening = try expect(.leftBrace)
      isOpen = true
      let stages = try nested(in: opening) { parser throws(Recovery) in
        var stages = [try parser.stage()]
        while parser.take(.pipe) != nil { stages.append(try parser.stage()) }
        return stages
      }
      let closing = current.range
      try close(.rightBrace, opening: opening, separator: "'|'")
      let repetition = RepetitionSyntax(
        count: count, stages: stages, opening: opening.range, closing: closing)
      isOpen = false
      let frozen = try frozen()
      return StageSyntax(
        work: .repetition(repetition), frozen: frozen, name: name, range: range(from: keyword))
    } catch {
      skipPastBraces(isOpen: isOpen)
      throw error
    }
  }

  /// Passes over the rest of a repetition that could not be read, its closing brace included, which
  /// is not to be taken for the end of the model.
  private mutating func skipPastBraces(isOpen: Bool) {
    while !isOpen, current.kind != .leftBrace {
      if isAtStatement || current.kind == .pipe { return }
      advance()
    }
    if !isOpen { advance() }
    var nested = 1
    while nested > 0 {
      switch current.kind {
      case .leftBrace: nested += 1
      case .rightBrace: nested -= 1
      default: if isAtStatement { return }
      }
      advance()
    }
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
}
