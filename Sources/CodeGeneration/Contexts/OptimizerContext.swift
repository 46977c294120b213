import IR
import Lowering

/// What fills in the functions that move parameters along their gradients.
struct OptimizerContext: TemplateContext {
  var template: String { "Training/optimizer.c.mustache" }
  let keyword: String
  let formulas: [String]
  let slots: [SlotContext]
  let statements, rowStatements: [String]
  /// Whether rows of parameters move too.
  let usesRow: Bool

  /// A slot, and its place among the slots.
  struct SlotContext: Sendable {
    let name: String
    let index: Int
  }

  init(_ names: CodegenContext, usesRow: Bool) {
    let optimizer = names.plan.model.training.optimizer
    keyword = optimizer.keyword
    self.usesRow = usesRow
    formulas =
      optimizer.scalars.map { "\($0.name) = \($0.value.formula)" }
      + optimizer.updates.map { "\($0.name) = \($0.value.formula)" }
    slots = optimizer.slots.enumerated().map { SlotContext(name: $1.name, index: $0) }
    var values = ["p": "*p"]
    for slot in optimizer.slots { values[slot.name] = "*\(slot.name)" }
    for name in optimizer.hyperparameters.map(\.name) + optimizer.scalars.map(\.name) {
      values[name] = "s->\(name)"
    }
    statements = optimizer.updates.map { update in
      Self.assignment(update, values, type: "real") { names.scalar($0, values) }
    }
    rowStatements = optimizer.updates.map { update in
      Self.assignment(update, values, type: "vec") { names.vector($0, values) }
    }
  }

  /// `*p -= lr * g`, where the new value is the old one less something, and `*p = ...` elsewhere; a
  /// number of the update alone is declared.
  private static func assignment(
    _ update: Optimizer.Assignment, _ values: [String: String], type: String,
    _ text: (ScalarExpression) -> String
  ) -> String {
    guard let place = update.name == "g" ? "g" : values[update.name] else {
      return "const \(type) \(update.name) = \(text(update.value));"
    }
    if case .binary(.subtract, .variable(update.name), let change) = update.value {
      return "\(place) -= \(text(change));"
    }
    return "\(place) = \(text(update.value));"
  }
}

/// What a step works out before it updates any parameter.
struct OptimizerStep: Sendable {
  /// The hyperparameters and scalars that the arithmetic of one parameter reads: fields of a step.
  let numbers: [String]
  /// C that sets them.
  let statements: [String]
  let hasSlots: Bool

  /// - Parameter isUsed: Whether any kernel updates a parameter.
  init(_ names: CodegenContext, isUsed: Bool) {
    let optimizer = names.plan.model.training.optimizer
    guard isUsed else {
      (numbers, statements, hasSlots) = ([], [], false)
      return
    }
    hasSlots = !optimizer.slots.isEmpty
    let read = Set(optimizer.updates.flatMap { $0.value.inlined.variables })
    let known = Set(optimizer.scalars.flatMap { $0.value.inlined.variables })
    let hyperparameters = optimizer.hyperparameters.map(\.name)
    numbers = (hyperparameters + optimizer.scalars.map(\.name)).filter(read.contains)
    let given = hyperparameters.enumerated()
    statements =
      given.filter { known.contains($1) }.map {
        "const double \($1) = step->hyperparameters[\($0)];"
      }
      + (known.contains("t") ? ["const double t = (double)step->step;"] : [])
      + given.filter { read.contains($1) }.map {
        "s.\($1) = (real)step->hyperparameters[\($0)];"
      }
      + optimizer.scalars.map { "s.\($0.name) = (real)(\(names.double($0.value)));" }
  }
}
