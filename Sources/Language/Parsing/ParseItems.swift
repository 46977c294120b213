import Diagnostics

extension Parser {
  /// `file = { model | block | training | constant | include } ;`
  mutating func file() -> ModelSyntax {
    var items: [ItemSyntax] = []
    while current.kind != .end {
      let start = index
      do throws(Recovery) {
        items.append(try item())
      } catch {
        skipToItem(givingUp: start)
      }
    }
    return ModelSyntax(items: items, isDamaged: isDamaged, unread: unread, end: current.range)
  }

  /// `model | block | training | constant | include`, a misspelt one included.
  private mutating func item() throws(Recovery) -> ItemSyntax {
    let words: [Keyword] = [.model, .block, .training, .const, .include]
    guard current.kind == .name else {
      throw unexpected(expected: "'model', 'block', 'training', 'const' or 'include'")
    }
    var word = words.first(where: isAt)
    if word == nil {
      let guess = Suggestion.closest(to: current.text, in: words.map(\.rawValue))
      diagnostics.append(.unknownItem(current, suggestion: guess))
      word = guess.flatMap(Keyword.init)
    }
    switch word {
    case .model: return .model(try model())
    case .block: return .block(try block())
    case .training: return .training(try training())
    case .const: return .constant(try constant())
    case .include: return .include(try include())
    default: throw Recovery()
    }
  }

  /// `include = "include" string ;`
  private mutating func include() throws(Recovery) -> IncludeSyntax {
    let keyword = advance().range
    let token = try expect(.string, "a path in quotes, such as \"blocks.bn\"")
    return IncludeSyntax(
      path: String(token.text.dropFirst().dropLast()), range: token.range, keyword: keyword)
  }

  /// `model = "model" name "{" { statement } "}" ;`
  private mutating func model() throws(Recovery) -> ModelBlockSyntax {
    let keyword = advance().range
    let name = try headName("the model's name")
    let statements = try statements()
    return ModelBlockSyntax(
      name: name, statements: statements, keyword: keyword, range: range(from: keyword))
  }

  /// `block = "block" name [ "(" [ parameter { "," parameter } [ "," ] ] ")" ] "{" { constant |
  /// binding } "}" ;`
  private mutating func block() throws(Recovery) -> BlockSyntax {
    let keyword = advance().range
    let name = try headName("the block's name")
    var parameters: [ParameterSyntax] = []
    if let opening = take(.leftParenthesis) {
      while current.kind != .rightParenthesis {
        parameters.append(try parameter())
        if take(.comma) == nil { break }
      }
      try close(.rightParenthesis, opening: opening, separator: "','")
    }
    let statements = try statements()
    return BlockSyntax(
      name: name, parameters: parameters, statements: statements, range: range(from: keyword))
  }

  /// A missing name is no reason to pass over what follows it.
  private mutating func headName(_ what: String) throws(Recovery) -> NameSyntax? {
    if current.kind == .name { return try name(what) }
    if current.kind == .invalid {
      advance()
    } else {
      _ = unexpected(expected: what)
    }
    return nil
  }

  /// `parameter = name [ ":" ( value | list ) ] ;`
  private mutating func parameter() throws(Recovery) -> ParameterSyntax {
    let name = try name("a parameter's name")
    let fallback = take(.colon) == nil ? nil : try valueOrList()
    return ParameterSyntax(name: name, fallback: fallback)
  }

  /// `"{" { statement } "}"`
  private mutating func statements() throws(Recovery) -> [StatementSyntax] {
    let opening = try expect(.leftBrace)
    var statements: [StatementSyntax] = []
    while current.kind != .rightBrace {
      if current.kind == .end || isAtItem {
        diagnostics.append(.unclosedBracket(opening, closing: .rightBrace, at: current))
        isDamaged = true
        return statements
      }
      let start = index
      do throws(Recovery) {
        statements.append(try statement())
      } catch {
        skipToStatement(givingUp: start)
      }
    }
    advance()
    return statements
  }

  /// `training = "training" "{" { entry } "}" ;`
  private mutating func training() throws(Recovery) -> TrainingSyntax {
    let keyword = advance().range
    let opening = try expect(.leftBrace)
    var entries: [TrainingEntrySyntax] = []
    while current.kind != .rightBrace {
      if current.kind == .end || isAtItem {
        diagnostics.append(.unclosedBracket(opening, closing: .rightBrace, at: current))
        return TrainingSyntax(entries: entries, range: range(from: keyword))
      }
      if let entry = entry() { entries.append(entry) }
    }
    advance()
    return TrainingSyntax(entries: entries, range: range(from: keyword))
  }

  /// `entry = name ( value | call ) [ on | "on" name { "," name } ] ;`, names after `augment` and `tta`.
  private mutating func entry() -> TrainingEntrySyntax? {
    let start = current
    do throws(Recovery) {
      let token = try expect(.name, "a setting, such as 'batch 64', or '}'")
      let name = NameSyntax(text: token.text, range: token.range)
      var value: EntryValueSyntax?
      var patterns: [NameSyntax] = []
      do throws(Recovery) {
        let isCall = current.kind == .name && Self.joins[following.kind] == nil
        value = isCall ? .call(try call()) : .number(try self.value())
        patterns = try self.patterns(ofInputs: ["augment", "tta"].contains(name.text))
      } catch {
        skipToLine(after: start)
      }
      return TrainingEntrySyntax(
        name: name, value: value, patterns: patterns, range: range(from: start.range))
    } catch {
      isDamaged = true
      skipToLine(after: start)
      return nil
    }
  }

  /// Settings have no sign of their own to start with: goes on at the next line that starts with a
  /// word, or at the closing brace.
  private mutating func skipToLine(after start: Token) {
    var line = start.range.lower.line
    while current.kind != .end, current.kind != .rightBrace {
      if current.kind == .name, current.range.lower.line > line { return }
      line = current.range.lower.line
      advance()
    }
  }
}
