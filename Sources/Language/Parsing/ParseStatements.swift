import Diagnostics

extension Parser {
  /// `statement = input | target | loss | constant | binding ;`, a misspelt word included.
  mutating func statement() throws(Recovery) -> StatementSyntax {
    guard current.kind == .name else {
      throw unexpected(expected: "a statement, such as 'h = image | relu', or '}'")
    }
    if following.kind == .equals { return .binding(try binding()) }
    let words: [Keyword] = [.input, .target, .loss, .const]
    var word = words.first(where: isAt)
    if word == nil {
      let guess = Suggestion.closest(to: current.text, in: words.map(\.rawValue))
      diagnostics.append(.unknownStatement(current, following: following, suggestion: guess))
      if following.kind == .name { word = guess.flatMap(Keyword.init) }
    }
    switch word {
    case .input: return .input(try input())
    case .target: return .target(try target())
    case .loss: return .loss(loss())
    case .const: return .constant(try constant())
    default:
      advance()
      throw Recovery()
    }
  }

  /// `input = "input" name ":" shape ;`
  private mutating func input() throws(Recovery) -> InputSyntax {
    let keyword = advance().range
    let name = try name("the input's name")
    var shape: ShapeSyntax?
    do throws(Recovery) {
      try expect(.colon)
      shape = try self.shape()
    } catch {
      skipToStatement()
    }
    return InputSyntax(name: name, shape: shape, range: range(from: keyword))
  }

  /// `target = "target" name ":" ( call | shape ) ;`
  private mutating func target() throws(Recovery) -> TargetSyntax {
    let keyword = advance().range
    let name = try name("the target's name")
    var kind: TargetSyntax.Kind?
    do throws(Recovery) {
      try expect(.colon)
      kind =
        switch current.kind {
        case .name: .call(try call())
        case .leftBracket: .values(try shape())
        default: throw unexpected(expected: "'class(10)' or a shape, such as '[1]'")
        }
    } catch {
      skipToStatement()
    }
    return TargetSyntax(name: name, kind: kind, range: range(from: keyword))
  }

  /// `loss = "loss" lossTerm { "+" lossTerm } ;`
  private mutating func loss() -> LossSyntax {
    let keyword = advance().range
    var terms: [LossTermSyntax] = []
    do throws(Recovery) {
      terms.append(try lossTerm("a loss"))
      while take(.plus) != nil {
        terms.append(try lossTerm("a loss, or a penalty, such as 'l2'"))
      }
    } catch {
      skipToStatement()
    }
    return LossSyntax(terms: terms, range: range(from: keyword))
  }

  /// `lossTerm = { factor ( "*" | "/" ) } call [ on ] ;`, where the last sign is `*`.
  private mutating func lossTerm(_ expected: String) throws(Recovery) -> LossTermSyntax {
    let start = current.range
    var factors: [ValueSyntax.Factor] = []
    var join = ValueSyntax.Join.times
    while join == .over || !isAtCall {
      guard [.name, .number, .minus, .leftParenthesis].contains(current.kind) else {
        throw unexpected(expected: join == .over ? "a number" : expected)
      }
      factors.append(try factor(join))
      guard let sign = Self.joins[current.kind], sign == .times || sign == .over else {
        throw unexpected(expected: "'*' and a loss")
      }
      advance()
      join = sign
    }
    let factor = factors.isEmpty ? nil : ValueSyntax(factors: factors, range: range(from: start))
    return LossTermSyntax(
      factor: factor, call: try call(), patterns: try patterns(), range: range(from: start))
  }

  /// Whether the current word is what is called, and not a factor before it.
  private var isAtCall: Bool {
    current.kind == .name && following.kind != .times && following.kind != .slash
  }

  /// `[ "on" pattern { "," pattern } ]`, or names of inputs.
  mutating func patterns(ofInputs isOfInputs: Bool = false) throws(Recovery) -> [NameSyntax] {
    guard current.kind == .name, current.text == "on" else { return [] }
    advance()
    var patterns: [NameSyntax] = []
    repeat {
      let token =
        isOfInputs
        ? try expect(.name, "an input's name")
        : try expect(.pattern, "a parameter's name, such as 'conv1.weight' or '*.bias'")
      patterns.append(NameSyntax(text: token.text, range: token.range))
    } while take(.comma) != nil
    return patterns
  }

  /// `constant = "const" name "=" ( value | list ) ;`
  mutating func constant() throws(Recovery) -> ConstantSyntax {
    let keyword = advance().range
    let name = try name("the constant's name")
    var value: ValueSyntax?
    do throws(Recovery) {
      try expect(.equals)
      value = try valueOrList()
      // A misspelt statement word: the statement rule reports it.
      let isNext = isAtStatement || current.kind == .name && following.kind == .name
      if !isNext { throw unexpected(expected: "an operator or the next statement") }
    } catch {
      skipToStatement()
    }
    return ConstantSyntax(name: name, value: value, range: range(from: keyword))
  }

  /// `binding = name "=" pipeline ;`
  private mutating func binding() throws(Recovery) -> BindingSyntax {
    let name = try name("a name")
    advance()
    var pipeline: PipelineSyntax?
    do throws(Recovery) {
      pipeline = try self.pipeline()
      try endOfPipeline()
    } catch {
      pipeline = nil
      skipToStatement()
    }
    return BindingSyntax(name: name, pipeline: pipeline, range: range(from: name.range))
  }

  /// A pipeline ends where the next statement starts. What else follows it was meant as part of it.
  private mutating func endOfPipeline() throws(Recovery) {
    guard !isAtStatement, current.kind != .invalid else {
      if current.kind == .invalid { throw Recovery() }
      return
    }
    // A misspelt statement word: the statement rule reports it.
    let isWord = current.kind == .name && !isAt(.frozen)
    if isWord, following.kind == .name || following.kind == .pipe { return }
    if [.plus, .minus, .times, .slash].contains(current.kind) {
      throw unexpected(
        expected: "'|' or the next statement",
        help: "'\(current.text)' binds tighter than '|': put the pipeline before it in parentheses")
    }
    throw unexpected(
      expected: "'|' or the next statement",
      help: isAt(.frozen)
        ? "'frozen' stands after a layer, or after a pipeline in parentheses" : nil)
  }

  /// `shape = "[" value { "," value } [ "," ] "]" ;`
  mutating func shape() throws(Recovery) -> ShapeSyntax {
    let opening = try expect(.leftBracket, "a shape, such as '[1, 28, 28]'")
    var dimensions: [ValueSyntax] = []
    while current.kind != .rightBracket {
      try refuseList()
      dimensions.append(try value())
      if take(.comma) == nil { break }
    }
    try close(.rightBracket, opening: opening, separator: "','")
    return ShapeSyntax(dimensions: dimensions, range: range(from: opening.range))
  }

  /// Says of a list that it is in a list, and passes over what is left of the outer one.
  private mutating func refuseList() throws(Recovery) {
    guard current.kind == .leftBracket else { return }
    let mistake = unexpected(expected: "a value", help: "a list holds no lists")
    var open = 1
    while open > 0, !isAtStatement, current.kind != .pipe {
      switch advance().kind {
      case .leftBracket: open += 1
      case .rightBracket: open -= 1
      default: break
      }
    }
    throw mistake
  }
}
