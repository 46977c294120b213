import Diagnostics
import IR

extension Checker {
  /// The losses: what each reads, and whether that fits its target. What is added for parameters
  /// goes into `penalties`. Empty where there is a mistake.
  mutating func checkLosses(of model: ModelBlockSyntax, in scope: inout Scope) -> [Loss] {
    var first: LossSyntax?
    for case .loss(let statement) in model.statements {
      if let first {
        report(.secondLoss(at: statement.range, first: first.range))
      } else {
        first = statement
      }
    }
    guard let first else {
      if !syntax.isDamaged {
        report(
          .missingStatement(
            "loss", example: "loss softmax_cross_entropy(logits, digit)", model))
      }
      return []
    }
    let terms = first.terms.filter { !isPenalty($0) }
    let added = first.terms.filter(isPenalty)
    if added.count > Limits.penalties {
      report(.tooManyPenalties(at: added[Limits.penalties].call.range))
    }
    for term in added.prefix(Limits.penalties) { addPenalty(term, in: scope) }
    if terms.count > Limits.parts {
      report(.tooManyParts("losses", at: terms[Limits.parts].range))
    }
    if terms.isEmpty, let only = first.terms.first { report(.onlyPenalties(at: only.range)) }
    let losses = terms.prefix(Limits.parts).compactMap { check($0, in: &scope) }
    for loss in losses where loss.reduction != losses[0].reduction {
      report(.severalReductions(loss, first: losses[0]))
    }
    return losses.count == terms.count ? losses : []
  }

  private func isPenalty(_ term: LossTermSyntax) -> Bool {
    !term.patterns.isEmpty || library.penalties.definition(of: term.call.name.text) != nil
  }

  private mutating func addPenalty(_ term: LossTermSyntax, in scope: Scope) {
    if let factor = term.factor {
      report(.factorOfPenalty(term.call.name, at: factor.range))
    }
    guard var made = make(term.call, from: library.penalties, what: "penalty", in: scope) else {
      return
    }
    // Most often the weights are meant, and neither biases nor what scales a batch norm.
    made.patterns =
      term.patterns.isEmpty
      ? [ParameterPattern("*.weight", at: term.call.range)]
      : term.patterns.map { ParameterPattern($0.text, at: $0.range) }
    penalties.append(made)
  }

  private mutating func check(_ term: LossTermSyntax, in scope: inout Scope) -> Loss? {
    let call = term.call
    let weight = term.factor == nil ? 1 : term.factor.flatMap { checkWeight($0, in: scope) }
    let row = library.losses.definition(of: call.name.text)
    // Of a word that is none, what it reads is looked at where it may be meant so: names.
    let places = call.arguments.prefix { $0.key == nil && (row != nil || $0.value.name != nil) }
      .prefix(2)
    let value = places.first.flatMap { readValue($0, in: &scope) }
    let target = places.count < 2 ? nil : checkTarget(places[1], in: &scope)
    guard let row else {
      let known = library.losses.keywords() + library.penalties.keywords()
      report(.unknownChoice(call.name, what: "loss or penalty", known: known))
      return nil
    }
    guard call.isComplete else { return nil }
    let loss = LossCall(row)
    if places.count < 2 {
      report(
        .missingArgument(
          places.isEmpty ? "value" : "target", of: call, usage: loss.signature.usage))
      return nil
    }
    var rest = call
    rest.arguments.removeFirst(2)
    let made = make(rest, loss.definition, usage: loss.signature.usage, in: scope)
    guard let value, let target, let made else { return nil }
    let kind = targets[target].kind
    if let mismatch = made.function.mismatch(of: value.shape, with: kind) {
      report(.lossMismatch(mismatch, at: places[0].range, target: targets[target].range))
      return nil
    }
    guard let weight else { return nil }
    return Loss(
      function: made.function.resolved(for: kind, of: value.shape), operand: value.id,
      target: target, weight: weight, reduction: made.reduction, range: term.range)
  }

  /// What a loss is multiplied by.
  private mutating func checkWeight(_ factor: ValueSyntax, in scope: Scope) -> Double? {
    let weight = Key.real(
      "factor", atLeast: 1e-30, atMost: 1e30, "what the loss counts in the whole")
    let constant = evaluate(factor, in: scope)
    guard accepts(weight.parameter, constant, at: factor.range, in: scope) else { return nil }
    return weight.read(constant)
  }

  /// The value that a loss is taken of.
  private mutating func readValue(_ argument: ArgumentSyntax, in scope: inout Scope) -> Value? {
    guard let name = argument.value.name else {
      report(.notAName(argument, expected: "the name of a value"))
      return nil
    }
    return readName(name, in: &scope)
  }

  /// The index of the target that a loss's second argument names; nil where that is none, or one
  /// that is not known.
  private mutating func checkTarget(_ argument: ArgumentSyntax, in scope: inout Scope) -> Int? {
    guard let name = argument.value.name else {
      report(.notAName(argument, expected: "the name of a target"))
      return nil
    }
    if let first = targetNames.first, !targetNames.contains(where: { $0.text == name.text }) {
      let isValue = scope.read(name.text) != nil
      report(.notATarget(name, first: first, known: targetNames.map(\.text), isValue: isValue))
      return nil
    }
    readTargets.insert(name.text)
    return targets.firstIndex { $0.name == name.text }
  }

  /// Targets that no loss is taken against, and inputs that nothing reads, where there are others.
  mutating func reportUnusedData(in scope: Scope) {
    if syntax.isDamaged { return }
    for name in inputNames where inputNames.count > 1 && scope.names[name.text]?.isRead == false {
      report(.unusedInput(name))
    }
    for name in targetNames where targetNames.count > 1 && !readTargets.contains(name.text) {
      report(.unusedTarget(name))
    }
  }
}
