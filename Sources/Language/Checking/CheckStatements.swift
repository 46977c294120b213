import Diagnostics
import IR

extension Checker {
  /// Reads every `input` and `target`, so that the statements after them can use their names.
  mutating func declareInputsAndTargets(of model: ModelBlockSyntax, in scope: inout Scope) {
    for case .input(let statement) in model.statements { declare(statement, in: &scope) }
    for case .target(let statement) in model.statements { declare(statement, in: scope) }
    if syntax.isDamaged { return }
    if inputNames.isEmpty {
      report(.missingStatement("input", example: "input image: [1, 28, 28]", model))
    }
    if targetNames.isEmpty {
      report(.missingStatement("target", example: "target digit: class(10)", model))
    }
  }

  private mutating func declare(_ statement: InputSyntax, in scope: inout Scope) {
    let shape = statement.shape.flatMap { checkShape($0, in: scope) }
    guard isNew(statement.name) else { return }
    inputNames.append(statement.name)
    scope.define(
      statement.name, as: shape.map { Value(id: .input(inputs.count), shape: $0) }, isGiven: true)
    if let shape {
      inputs.append(Input(name: statement.name.text, shape: shape, range: statement.range))
    }
  }

  private mutating func declare(_ statement: TargetSyntax, in scope: Scope) {
    let isNew = isNew(statement.name)
    let kind: Target.Kind?
    switch statement.kind {
    case .values(let shape):
      kind = checkShape(shape, in: scope).map(Target.Kind.values)
    case .call(let call):
      kind = make(call, from: SettingTable.targets, what: "kind of target", in: scope)
      if case .classes(_, let positions)? = kind,
        checkedSize(Shape(positions), at: call.range) == nil
      {
        targetNames.append(statement.name)
        return
      }
    case nil: kind = nil
    }
    guard isNew else { return }
    targetNames.append(statement.name)
    if let kind {
      targets.append(Target(name: statement.name.text, kind: kind, range: statement.range))
    }
  }

  /// Whether no input or target has the name yet; reports it where one has.
  private mutating func isNew(_ name: NameSyntax) -> Bool {
    for (names, what) in [(inputNames, "an input"), (targetNames, "a target")] {
      guard let first = names.first(where: { $0.text == name.text }) else { continue }
      report(.duplicateName(name, what: what, first: first.range))
      return false
    }
    return true
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
}
