import Diagnostics
import IR

// What is said about layers, and about what stands in the place of a value.
extension Diagnostic {
  /// - Parameter known: Words of layers, those first that are more likely meant.
  static func unknownLayer(
    _ name: NameSyntax, known: [[String]], isValue: Bool
  ) -> Diagnostic {
    let text = name.text.abbreviated
    if isValue {
      return Diagnostic(
        .unknownLayer, "'\(text)' is a value, not a layer", at: name.range,
        help: "after '|' stands a layer; values are joined by '+', '-', '*' or '/'")
    }
    let guess =
      ForeignWords.layer(name.text, among: known.joined())
      ?? known.lazy.compactMap { Suggestion.closest(to: name.text, in: $0) }.first
    return Diagnostic(
      .unknownLayer, "no layer is called '\(text)'", at: name.range,
      help: didYouMean(guess) ?? "'bnc explain' lists the layers")
  }

  static func blockAsFunction(_ call: CallSyntax) -> Diagnostic {
    let block = call.name.text.abbreviated
    let value = call.arguments.first.flatMap { $0.key == nil ? $0.value.name : nil }
    return Diagnostic(
      .unknownLayer, "'\(block)' is a block, which goes on from the value before '|'",
      at: call.name.range, help: "write '\(value?.text.abbreviated ?? "x") | \(block)'")
  }

  static func unknownOperator(_ symbol: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .unknownLayer, "no layer of the library stands for '\(symbol)'", at: range,
      help: "call the layer by its name")
  }

  /// What bnc says where it makes no model of a file and has nothing against it.
  static let unexplained = Diagnostic(
    .notAValue, "bnc made no model of this, and found no mistake", at: SourceRange(.start, .start),
    help: "this is a bug in bnc, not in the model; please report it with the model")

  static func targetAsValue(_ name: NameSyntax, target: SourceRange) -> Diagnostic {
    Diagnostic(
      .notAValue, "'\(name.text.abbreviated)' is a target, which only a loss can read",
      at: name.range, notes: [Note("it is declared here", at: target)],
      help: "read an input, or a value that a statement names")
  }

  static func flagForValue(_ token: Token) -> Diagnostic {
    Diagnostic(
      .notAValue, "'\(token.text)' is no value of the network", at: token.range,
      help:
        "true and false are for arguments by key; a value is an input, or what a statement names")
  }

  static func numberForPipeline(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .notAValue, "this is a number, and a pipeline goes on from a value of the network", at: range,
      help: "a number stands beside a value: '1 - x', 'x * 0.5'")
  }

  static func numberForValue(_ signature: Signature, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .notAValue,
      signature.symbol == nil
        ? "'\(signature.keyword)' takes values of the network, and no numbers"
        : "'\(signature.keyword)' needs at least one value of the network",
      at: range, help: "it is called '\(signature.usage)'")
  }

  /// What stands in the place of a value is a list, say.
  static func notAnOperand(_ value: ValueSyntax, of signature: Signature) -> Diagnostic {
    Diagnostic(
      .notAValue,
      "'\(signature.keyword)' takes values of the network, and this is "
        + SyntaxText.value(value).abbreviated, at: value.range,
      help: howToCall(signature))
  }

  /// The help line for a call whose values are not what they should be.
  static func howToCall(_ signature: Signature) -> String {
    signature.operands.count > 1
      ? "it is called '\(signature.usage)'" : "write 'x | \(signature.shortUsage)'"
  }

  static func constantResult(_ signature: Signature, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .outOfRange,
      "'\(signature.symbol ?? signature.keyword)' with 0 makes 0 of every number, and nothing before "
        + "it can learn", at: range, help: "another number, or take it out")
  }

  static func floatOfZero(
    _ signature: Signature, at range: SourceRange, uses: [Scope.Use]
  ) -> Diagnostic {
    Diagnostic(
      .outOfRange,
      "'\(signature.symbol ?? signature.keyword)' takes a number that a float can be, and this is so "
        + "near to 0 that it would be 0", at: range, notes: within(uses), help: "1e-45 at least")
  }

  /// Nothing is piped into a call, and no value stands in it.
  static func noValue(of call: CallSyntax) -> Diagnostic {
    let short = SyntaxText.call(call)
    return Diagnostic(
      .missingArgument, "'\(call.name.text)' has no value to work on", at: call.range,
      help: "write 'x | \(short.count <= 60 ? short : call.name.text + "(...)")'")
  }

  static func tooManyValues(_ argument: ArgumentSyntax, of signature: Signature) -> Diagnostic {
    let (count, ordinal) =
      signature.operands.count > 1 ? ("two values", "a third") : ("one value", "a second")
    return Diagnostic(
      .tooManyArguments, "'\(signature.keyword)' takes \(count), and this is \(ordinal)",
      at: argument.range, help: howToCall(signature))
  }

  static func operandByKey(_ key: NameSyntax, of signature: Signature) -> Diagnostic {
    Diagnostic(
      .unknownKey, "'\(key.text)' of '\(signature.keyword)' goes by place, without a key",
      at: key.range, help: howToCall(signature))
  }

  static func valueBehindKey(_ argument: ArgumentSyntax, of call: CallSyntax) -> Diagnostic {
    var call = call
    call.arguments =
      call.arguments.filter { $0.key == nil } + call.arguments.filter { $0.key != nil }
    let written = SyntaxText.call(call)
    return Diagnostic(
      .tooManyArguments, "values stand before keys", at: argument.range,
      help: written.count <= 60 ? "write '\(written)'" : "put it before the first key")
  }

  static func listOfValues(_ value: ValueSyntax, of signature: Signature) -> Diagnostic {
    Diagnostic(
      .notAValue, "'\(signature.keyword)' takes values one by one, not a list", at: value.range,
      help: howToCall(signature))
  }

  /// Values are added, say, between parentheses.
  static func computedValue(_ value: ValueSyntax) -> Diagnostic {
    let text = SyntaxText.value(value)
    return Diagnostic(
      .notAValue, "an argument is a name or a number, and this is worked out of values",
      at: value.range,
      help: "name it in a statement: 'z = \(text.count <= 40 ? text : "...")'")
  }
}
