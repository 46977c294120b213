import Diagnostics
import IR

extension Checker {
  /// Reads `input` and `target`, so that the statements after them can use their names.
  mutating func declareInputAndTarget(of model: ModelBlockSyntax, in scope: inout Scope) {
    var target: TargetSyntax?
    var input: InputSyntax?
    for statement in model.statements {
      switch statement {
      case .input(let statement):
        if let first = input {
          report(.duplicateStatement("input", at: statement.range, first: first.range))
        } else {
          input = statement
        }
      case .target(let statement):
        if let first = target {
          report(.duplicateStatement("target", at: statement.range, first: first.range))
        } else {
          target = statement
        }
      case .loss, .constant, .binding: continue
      }
    }
    if let input { declare(input, in: &scope) }
    if let target { declare(target, in: scope) }
    if syntax.isDamaged { return }
    if input == nil {
      report(.missingStatement("input", example: "input image: [1, 28, 28]", model))
    }
    if target == nil {
      report(.missingStatement("target", example: "target digit: class(10)", model))
    }
  }

  private mutating func declare(_ statement: InputSyntax, in scope: inout Scope) {
    inputName = statement.name
    let shape = statement.shape.flatMap { checkShape($0, in: scope) }
    scope.define(
      statement.name, as: shape.map { Value(id: .input, shape: $0) }, isGiven: true)
    input = shape.map { Input(name: statement.name.text, shape: $0, range: statement.range) }
  }

  private mutating func declare(_ statement: TargetSyntax, in scope: Scope) {
    targetName = statement.name
    if let inputName, inputName.text == statement.name.text {
      report(.duplicateName(statement.name, what: "the input", first: inputName.range))
    }
    let kind: Target.Kind?
    switch statement.kind {
    case .values(let shape):
      kind = checkShape(shape, in: scope).map(Target.Kind.values)
    case .call(let call):
      kind = make(call, from: SettingTable.targets, what: "kind of target", in: scope)
      if case .classes(_, let positions)? = kind,
        checkedSize(Shape(positions), at: call.range) == nil
      {
        return
      }
    case nil: kind = nil
    }
    target = kind.map { Target(name: statement.name.text, kind: $0, range: statement.range) }
  }

  /// `[features]`, `[channels, length]`, `[channels, height, width]`, or four sizes.
  private mutating func checkShape(_ syntax: ShapeSyntax, in scope: Scope) -> Shape? {
    guard Limits.ranks.contains(syntax.dimensions.count) else {
      report(.invalidShape(syntax))
      return nil
    }
    var dimensions: [Int] = []
    let size = Key.whole("size", in: Limits.dimension, "a size")
    for dimension in syntax.dimensions {
      let constant = evaluate(dimension, in: scope)
      guard accepts(size.parameter, constant, at: dimension.range, in: scope),
        let count = size.read(constant)
      else { continue }
      dimensions.append(count)
    }
    guard dimensions.count == syntax.dimensions.count else { return nil }
    return checkedSize(Shape(dimensions), at: syntax.range)
  }

  /// `shape`, if one example of it is not too large.
  mutating func checkedSize(_ shape: Shape, at range: SourceRange) -> Shape? {
    guard let count = product(shape.dimensions), count < Limits.elements else {
      report(.tensorTooLarge(shape.dimensions, at: range))
      return nil
    }
    return shape
  }

  /// The loss: what it reads, and whether that fits the target.
  mutating func checkLoss(of model: ModelBlockSyntax, in scope: inout Scope) -> Loss? {
    var first: LossSyntax?
    for case .loss(let statement) in model.statements {
      if let first {
        report(.duplicateStatement("loss", at: statement.range, first: first.range))
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
      return nil
    }
    if first.penalties.count > Limits.penalties {
      report(.tooManyPenalties(at: first.penalties[Limits.penalties].call.range))
    }
    penalties = first.penalties.prefix(Limits.penalties).compactMap { penalty in
      var made = make(penalty.call, from: library.penalties, what: "penalty", in: scope)
      // Most often the weights are meant, and neither biases nor what scales a batch norm.
      made?.patterns =
        penalty.patterns.isEmpty
        ? [ParameterPattern("*.weight", at: penalty.call.range)]
        : penalty.patterns.map { ParameterPattern($0.text, at: $0.range) }
      return made
    }
    return first.call.flatMap { check($0, at: first.range, in: &scope) }
  }

  private mutating func check(
    _ call: CallSyntax, at range: SourceRange, in scope: inout Scope
  ) -> Loss? {
    let places = call.arguments.prefix { $0.key == nil }.prefix(2)
    let value = places.first.flatMap { readValue($0, in: &scope) }
    let isTarget = places.count < 2 || checkTarget(places[1], in: &scope)
    guard let row = library.losses.definition(of: call.name.text) else {
      report(.unknownChoice(call.name, what: "loss", known: library.losses.keywords()))
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
    guard let value, isTarget, let target, let made else { return nil }
    if let mismatch = made.function.mismatch(of: value.shape, with: target.kind) {
      report(.lossMismatch(mismatch, at: places[0].range, target: target.range))
      return nil
    }
    return Loss(
      function: made.function.resolved(for: target.kind, of: value.shape), operand: value.id,
      reduction: made.reduction, range: range)
  }

  /// The value that a loss is taken of.
  private mutating func readValue(_ argument: ArgumentSyntax, in scope: inout Scope) -> Value? {
    guard let name = argument.value.name else {
      report(.notAName(argument, expected: "the name of a value"))
      return nil
    }
    return readName(name, in: &scope)
  }

  /// Whether the loss's second argument is the target.
  private mutating func checkTarget(_ argument: ArgumentSyntax, in scope: inout Scope) -> Bool {
    guard let name = argument.value.name else {
      report(.notAName(argument, expected: "the name of the target"))
      return false
    }
    if let targetName, targetName.text != name.text {
      let isValue = scope.read(name.text) != nil
      report(.notTheTarget(name, target: targetName, isValue: isValue))
      return false
    }
    return true
  }
}
