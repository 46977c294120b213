import Diagnostics
import IR

// What is said about what stands between parentheses.
extension Diagnostic {
  static func unknownKey(
    _ key: NameSyntax, of call: CallSyntax, known: [String], usage: String
  ) -> Diagnostic {
    let guess =
      ForeignWords.isKnownKey(key.text)
      ? ForeignWords.key(key.text, among: known) : Suggestion.closest(to: key.text, in: known)
    return Diagnostic(
      .unknownKey, "'\(call.name.text.abbreviated)' has no key '\(key.text.abbreviated)'",
      at: key.range,
      help: didYouMean(guess) ?? "it is called '\(usage)'")
  }

  static func duplicateKey(
    _ name: String, at range: SourceRange, first: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      .duplicateKey, "'\(name)' is given twice", at: range,
      notes: [Note("the first time is here", at: first)], help: "take one of them out")
  }

  static func missingArgument(_ name: String, of call: CallSyntax, usage: String) -> Diagnostic {
    Diagnostic(
      .missingArgument, "'\(call.name.text.abbreviated)' needs '\(name)'", at: call.range,
      help: "it is called '\(usage)'")
  }

  /// - Parameters:
  ///   - keys: What is given by key only.
  ///   - isNothingTaken: Whether it takes no arguments at all.
  static func tooManyArguments(
    _ argument: ArgumentSyntax, of call: CallSyntax, usage: String, keys: [String],
    isNothingTaken: Bool
  ) -> Diagnostic {
    let name = call.name.text.abbreviated
    if isNothingTaken {
      return Diagnostic(
        .tooManyArguments, "'\(name)' takes no arguments", at: argument.range,
        help: "take it out")
    }
    return Diagnostic(
      .tooManyArguments,
      keys.isEmpty
        ? "'\(name)' takes no further argument"
        : "'\(name)' takes no further argument without a key",
      at: argument.range,
      help: keys.isEmpty
        ? "it is called '\(usage)'"
        : "write the key before it: "
          + (usage.utf8.count <= 60 ? "'\(usage)'" : keys.joined(separator: ", ")))
  }

  static func refused(
    _ parameter: Parameter, _ constant: Constant, _ refusal: Refusal, at range: SourceRange,
    constants: [String], uses: [Scope.Use]
  ) -> Diagnostic {
    let what = "'\(parameter.name)' takes \(parameter.accepts.description)"
    var code = DiagnosticCode.wrongKind
    var candidates: [String] = []
    switch refusal {
    case .wrongKind: candidates = constants
    case .outOfRange: code = .outOfRange
    case .noFloat: return noFloat(parameter.name, at: range, uses: uses)
    case .unknownChoice(let words):
      code = .unknownChoice
      candidates = words + constants
    }
    let help = constant.words.lazy.filter { !candidates.contains($0) }.compactMap { word in
      ForeignWords.advice(word, for: parameter.name, among: candidates)
        ?? didYouMean(Suggestion.closest(to: word, in: candidates))
    }.first
    return Diagnostic(
      code, "\(what), and this is \(constant.description)", at: range, notes: within(uses),
      help: help ?? inferredSize(parameter, constant))
  }

  /// -1 was written for the size that follows from the others, as PyTorch has it.
  private static func inferredSize(_ parameter: Parameter, _ constant: Constant) -> String? {
    guard case .list(of: .wholeOr(_, ["infer"]), counts: _) = parameter.accepts,
      constant.wholes?.contains(-1) == true
    else { return nil }
    return "'infer' stands for the size that is left"
  }

  /// - Parameter name: The parameter, or what else takes the number.
  static func noFloat(_ name: String, at range: SourceRange, uses: [Scope.Use]) -> Diagnostic {
    Diagnostic(
      .outOfRange, "'\(name)' takes a number that a float can be, and this is too large for one",
      at: range, notes: within(uses), help: "\(plain(3.4e38)) at most")
  }

  /// - Parameter shapes: Those of the values that `call` works on: what an argument may be often
  ///   hangs on them.
  static func argumentMismatch(
    _ error: ArgumentError, of call: CallSyntax, _ shapes: [Shape], at range: SourceRange,
    uses: [Scope.Use]
  ) -> Diagnostic {
    let reads = Note(
      "it reads \(shapes.map { "\($0)" }.joined(separator: " and "))", at: call.name.range)
    return Diagnostic(
      .outOfRange, "'\(error.name)' \(error.message)", at: range,
      notes: (shapes.isEmpty ? [] : [reads]) + within(uses), help: error.help)
  }

  static func settingNeedsWord(
    _ name: NameSyntax, at range: SourceRange, usages: [String]
  ) -> Diagnostic {
    let forms = usages.map { "'\(name.text) \($0)'" }.joined(separator: " or ")
    let words = usages.map { String($0.prefix { $0 != "(" }) }.joined(separator: ", ")
    return Diagnostic(
      .wrongKind, "'\(name.text)' takes a word, and this is a number", at: range,
      help: usages.count <= 4 ? "write \(forms)" : "write '\(name.text)' and one of \(words)")
  }

  static func notANumber(
    _ word: String, at range: SourceRange, constants: [String]
  ) -> Diagnostic {
    Diagnostic(
      .wrongKind, "'\(word.abbreviated)' is no number", at: range,
      help: didYouMean(Suggestion.closest(to: word, in: constants))
        ?? "sums and products are of numbers, and of constants and parameters that are numbers")
  }

  static func divisionByZero(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .divisionByZero, "this divides by 0", at: range, help: "divide by another number")
  }

  static func numberTooLarge(at range: SourceRange) -> Diagnostic {
    Diagnostic(.invalidNumber, "this is too large for a number", at: range)
  }
}

extension Constant {
  /// The words that it is or holds.
  fileprivate var words: [String] {
    switch self {
    case .word(let word): [word]
    case .list(let values): values.flatMap(\.words)
    case .number, .flag, .unknown: []
    }
  }
}
