import Diagnostics
import IR

// What is said about statements and names.
extension Diagnostic {
  static func unmatchedPattern(_ pattern: ParameterPattern, names: [String]) -> Diagnostic {
    let guess = Suggestion.closest(to: pattern.text, in: names)
    let some = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", ..." : "")
    return Diagnostic(
      .unmatchedPattern, "no parameter is called '\(pattern.text.abbreviated)'", at: pattern.range,
      help: guess.map { "did you mean '\($0)'?" }
        ?? (names.isEmpty ? "the model has no parameters" : "the parameters are \(some)"))
  }

  static func initializerOfWeights(
    _ keyword: String, _ pattern: ParameterPattern, parameter: String
  ) -> Diagnostic {
    Diagnostic(
      .unmatchedPattern, "\(keyword) starts weights, and '\(parameter)' is none",
      at: pattern.range,
      help: "name a weight, such as '*.weight', or use 'constant', 'uniform' or 'normal'")
  }

  static func patternOnSetting(_ setting: NameSyntax, at pattern: NameSyntax) -> Diagnostic {
    Diagnostic(
      .unmatchedPattern, "'\(setting.text)' is for the whole model, not for parameters",
      at: pattern.range, help: "only 'initialize', 'optimizer', 'augment' and 'tta' take 'on'")
  }

  /// An augmentation is for an input that there is not.
  static func unknownInput(_ name: NameSyntax, known: [String]) -> Diagnostic {
    Diagnostic(
      .unknownName, "no input is called '\(name.text.abbreviated)'", at: name.range,
      help: didYouMean(Suggestion.closest(to: name.text, in: known))
        ?? "the model's inputs are \(known.map { "'\($0)'" }.joined(separator: ", "))")
  }

  /// An augmentation that moves nothing is for a target.
  static func targetNotChanged(_ name: NameSyntax, by keyword: String) -> Diagnostic {
    Diagnostic(
      .unknownName, "'\(name.text.abbreviated)' is a target, and \(keyword) changes inputs alone",
      at: name.range, help: "name inputs")
  }

  static func missingModel(at end: SourceRange) -> Diagnostic {
    Diagnostic(
      .missingStatement, "the file has no model", at: end, help: "write 'model NAME { ... }'")
  }

  static func missingStatement(
    _ word: String, example: String, _ model: ModelBlockSyntax
  ) -> Diagnostic {
    Diagnostic(
      .missingStatement, "the model has no '\(word)'", at: model.keyword,
      help: "write, for example, '\(example)'")
  }

  static func duplicateStatement(
    _ word: String, at range: SourceRange, first: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      .duplicateStatement, "there is a second '\(word)'", at: range,
      notes: [Note("the first one is here", at: first)], help: "take one of them out")
  }

  static func duplicateName(
    _ name: NameSyntax, what: String, first: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      .duplicateName, "\(what) is already called '\(name.text.abbreviated)'", at: name.range,
      notes: [Note("the name is given here", at: first)],
      help: "a name is given once: choose another one")
  }

  static func duplicateLayerName(
    _ name: String, at range: SourceRange, other: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      .duplicateName, "'\(name.abbreviated)' is already a name", at: range,
      notes: [Note("it is the name of this", at: other)],
      help: "layers without a name are called by kind and ordinal, such as 'conv1': choose another")
  }

  static func nameOfRepetitions(_ name: NameSyntax, count: Int) -> Diagnostic {
    Diagnostic(
      .duplicateName, "each of \(count) repetitions would have a layer '\(name.text)'",
      at: name.range,
      help:
        "name the repetition: with 'repeat \(count) as stage' the names are 'stage1_\(name.text)', "
        + "'stage2_\(name.text)'")
  }

  static func outputNamedLikeLayer(
    _ name: String, at range: SourceRange, layer: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      .duplicateName, "the network's output is called as another layer, '\(name.abbreviated)'",
      at: range, notes: [Note("it is the name of this", at: layer)],
      help: "choose another name for one of them: outputs are shown and saved by name")
  }

  static func blockNamedLikeLayer(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .duplicateName, "'\(name.text)' is a layer of the language", at: name.range,
      help: "choose another name for the block")
  }

  static func unknownName(
    _ name: NameSyntax, known: [String], isLayer: Bool, isConstant: Bool, isInBlock: Bool
  ) -> Diagnostic {
    let text = name.text.abbreviated
    if isConstant {
      return Diagnostic(
        .unknownName, "'\(text)' is a constant, not a value of the network", at: name.range,
        help:
          "constants stand for sizes and numbers between parentheses: 'conv(\(text), kernel: 3)'")
    }
    if isLayer {
      return Diagnostic(
        .unknownName, "'\(text)' is a layer, not a value", at: name.range,
        help: "a pipeline starts with a value: 'x | \(text)'")
    }
    return Diagnostic(
      .unknownName, "no value is called '\(text)'", at: name.range,
      help: didYouMean(Suggestion.closest(to: name.text, in: known))
        ?? (isInBlock
          ? "a block reads 'in' and the names that it gives itself"
          : "a value is the input or has a statement, 'NAME = ...'"))
  }

  static func usedBeforeDefinition(_ name: NameSyntax, later: SourceRange) -> Diagnostic {
    Diagnostic(
      .usedBeforeDefinition, "'\(name.text.abbreviated)' is used before it is made", at: name.range,
      notes: [Note("it is made here", at: later)], help: "move its statement up")
  }

  static func constantUsedEarly(_ name: NameSyntax, later: SourceRange) -> Diagnostic {
    Diagnostic(
      .usedBeforeDefinition, "'\(name.text.abbreviated)' is used before it is known",
      at: name.range, notes: [Note("it is given here", at: later)],
      help: "constants and parameters are worked out in the order in which they stand")
  }

  static func constantNamedLikeWord(_ name: NameSyntax, key: String) -> Diagnostic {
    Diagnostic(
      .reservedWord, "'\(name.text)' is a word that '\(key)' takes and cannot be a constant",
      at: name.range, help: "choose another name, such as '\(name.text)_1'")
  }

  static func notATarget(
    _ name: NameSyntax, first: NameSyntax, known: [String], isValue: Bool
  ) -> Diagnostic {
    Diagnostic(
      .notAValue,
      isValue
        ? "'\(name.text.abbreviated)' is a value, and a loss compares with a target"
        : "no target is called '\(name.text.abbreviated)'",
      at: name.range,
      notes: [
        Note("the \(known.count > 1 ? "first " : "")target is declared here", at: first.range)
      ],
      help: known.count > 1
        ? didYouMean(Suggestion.closest(to: name.text, in: known))
          ?? "the targets are \(list(known, "and"))" : "write '\(first.text.abbreviated)'")
  }

  static func notAName(_ argument: ArgumentSyntax, expected: String) -> Diagnostic {
    Diagnostic(
      .notAValue, "expected \(expected)", at: argument.range,
      help: "a loss reads named values: 'loss softmax_cross_entropy(logits, digit)'")
  }

  static func unknownChoice(_ name: NameSyntax, what: String, known: [String]) -> Diagnostic {
    Diagnostic(
      .unknownChoice, "no \(what) is called '\(name.text.abbreviated)'", at: name.range,
      help: didYouMean(Suggestion.closest(to: name.text, in: known))
        ?? "known \(known.count == 1 ? "is" : "are") \(list(known, "and"))")
  }

  static func recursiveBlock(_ name: NameSyntax, uses: [Scope.Use]) -> Diagnostic {
    Diagnostic(
      .recursiveBlock, "the block '\(name.text)' uses itself", at: name.range,
      notes: within(uses), help: "a block is put in the place of its use, so this has no end")
  }

  static func notInABlock(_ word: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .unknownStatement, "'\(word)' belongs in the model, not in a block", at: range,
      help: "a block reads 'in' and makes 'out'")
  }

  static func missingResult(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .missingResult, "the block '\(name.text)' does not say what it makes", at: name.range,
      help: "end it with 'out = ...'")
  }

  static func unusedValue(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .unusedValue, "nothing reads '\(name.abbreviated)'; its layers are left out",
      severity: .warning, at: range)
  }

  static func unusedBlock(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .unusedBlock, "nothing uses the block '\(name.text)'", severity: .warning, at: name.range)
  }

  /// The places from which a block was reached, the innermost first.
  static func within(_ uses: [Scope.Use]) -> [Note] {
    uses.reversed().prefix(3).map { Note($0.description, at: $0.range) }
  }
}
