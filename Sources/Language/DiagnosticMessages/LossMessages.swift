import Diagnostics
import IR

// What is said about losses and their sum.
extension Diagnostic {
  static func accumulatedClassWeights(_ loss: Loss) -> Diagnostic {
    Diagnostic(
      .lossMismatch,
      "the mean of \(loss.function.base.keyword) is over what classes count in all passes of a step, "
        + "and 'accumulate' adds up passes before the last one is known",
      at: loss.range,
      help: "take 'reduction: sum' with a smaller learning rate, or no class weights")
  }

  static func lossMismatch(
    _ error: ShapeError, at range: SourceRange, target: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      .lossMismatch, error.message, at: range,
      notes: [Note("the target is declared here", at: target)], help: error.help)
  }

  static func secondLoss(at range: SourceRange, first: SourceRange) -> Diagnostic {
    Diagnostic(
      .duplicateStatement, "there is a second 'loss'", at: range,
      notes: [Note("the first one is here", at: first)],
      help: "add them up in one statement: 'loss … + 0.5 * …'")
  }

  static func onlyPenalties(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .missingStatement, "nothing here compares a value with a target", at: range,
      help: "put a loss before it: 'loss softmax_cross_entropy(logits, digit) + …'")
  }

  static func severalReductions(_ loss: Loss, first: Loss) -> Diagnostic {
    let others = loss.reduction.rawValue
    return Diagnostic(
      .lossMismatch,
      "the losses of a model become one number in one way, and this one is the \(others) of the "
        + "examples'", at: loss.range,
      notes: [Note("this one is the \(first.reduction.rawValue)", at: first.range)],
      help:
        "write 'reduction: \(first.reduction.rawValue)' here, and a factor before the loss if it "
        + "is to count otherwise")
  }

  static func factorOfPenalty(_ name: NameSyntax, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .unexpectedToken, "'\(name.text.abbreviated)' takes its factor in parentheses", at: range,
      help: "write '\(name.text.abbreviated)(0.0005)'")
  }

  static func tooManyPenalties(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .tooLarge, "with this the loss has more than \(Limits.penalties) penalties", at: range,
      help: "one penalty takes any number of parameters: 'l2(0.0001) on conv*.weight, *.bias'")
  }

  /// More than `Limits.parts` of `what`, a plural.
  static func tooManyParts(_ what: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .tooLarge, "with this the model has more than \(Limits.parts) \(what)", at: range)
  }

  static func unusedTarget(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .unusedValue, "no loss is taken against '\(name.text.abbreviated)'", severity: .warning,
      at: name.range)
  }

  static func unusedInput(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .unusedValue, "nothing reads '\(name.text.abbreviated)', which has to be given all the same",
      severity: .warning, at: name.range)
  }
}
