import IR
import Lowering

/// What fills in the functions that move parameters along their gradients.
struct OptimizerContext: TemplateContext {
  var template: String { "Training/optimizer.c.mustache" }
  let keyword: String
  /// The functions: of one number, of those of a row, of the last ones of a row.
  let update, updateRow, updateEnd: String
  /// The patterns of those that it is for; nil where it is for all.
  let parameters: String?
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

  /// - Parameter index: Which of the model's optimizers.
  init(_ names: CodegenContext, _ index: Int, usesRow: Bool) {
    let training = names.plan.model.training
    let optimizer = training.optimizers[index]
    let numbers = OptimizerNumbers(training, index)
    keyword = optimizer.keyword
    update = names.update(by: index)
    updateRow = names.update(by: index, "_row")
    updateEnd = names.update(by: index, "_end")
    parameters = training.patterns(ofOptimizer: index)
    self.usesRow = usesRow
    formulas = Self.formulas(optimizer.scalars + optimizer.updates)
    slots = Self.slots(of: optimizer, in: optimizer.updates)
    var values = ["p": "*p"]
    for slot in optimizer.slots { values[slot.name] = "*\(slot.name)" }
    for (name, field) in numbers.names { values[name] = "s->\(field)" }
    statements = Self.statements(optimizer.updates, values, names)
    rowStatements = optimizer.updates.map { update in
      Self.assignment(update, values, type: "vec") { names.vector($0, values) }
    }
  }

  /// Lines of a comment: what each name becomes.
  static func formulas(_ assignments: [Optimizer.Assignment]) -> [String] {
    assignments.map { "\($0.name) = \($0.value.formula)" }
  }

  /// The slots of `optimizer` that `updates` name.
  static func slots(
    of optimizer: Optimizer, in updates: [Optimizer.Assignment]
  ) -> [SlotContext] {
    let named = Set(updates.flatMap { [$0.name] + $0.value.inlined.variables })
    return optimizer.slots.enumerated().filter { named.contains($1.name) }.map {
      SlotContext(name: $1.name, index: $0)
    }
  }

  /// C that does `updates` to one number.
  static func statements(
    _ updates: [Optimizer.Assignment], _ values: [String: String], _ names: CodegenContext
  ) -> [String] {
    updates.map { update in
      assignment(update, values, type: "real") { names.scalar($0, values) }
    }
  }

  /// `*p -= lr * g`, where the new value is the old one less something, and `*p = ...` elsewhere; a
  /// number of the update alone is declared.
  private static func assignment(
    _ update: Optimizer.Assignment, _ values: [String: String], type: String,
    _ text: (ScalarExpression) -> String
  ) -> String {
    guard let place = values[update.name] ?? (update.name == "g" ? "g" : nil) else {
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

  /// - Parameter used: Which of the model's optimizers any kernel calls.
  init(_ names: CodegenContext, used: [Int]) {
    let training = names.plan.model.training
    let all = used.map { OptimizerNumbers(training, $0) }
    hasSlots = all.contains { !$0.optimizer.slots.isEmpty }
    var doubles = UniqueLines()
    var (fields, scalars) = (UniqueLines(), UniqueLines())
    for one in all {
      let read = Set(one.read)
      for hyperparameter in one.optimizer.hyperparameters.map(\.name) {
        let (name, value) = (one.name(hyperparameter), one.values[hyperparameter] ?? "0")
        if one.known.contains(hyperparameter) {
          doubles.add(name, "const double \(name) = \(value);")
        }
        guard read.contains(hyperparameter) else { continue }
        let isProduct = value.contains(" ")
        fields.add(name, "s.\(name) = (real)\(isProduct ? "(\(value))" : value);")
      }
      let variables = one.names.mapValues(ScalarExpression.variable)
      for scalar in one.optimizer.scalars {
        let (name, value) = (one.name(scalar.name), scalar.value.inlined.substituting(variables))
        if read.contains(scalar.name) {
          scalars.add(name, "s.\(name) = (real)(\(names.double(value)));")
        }
      }
    }
    let known = Set(all.flatMap { $0.optimizer.scalars.flatMap(\.value.variables) })
    let times = [("t", "step"), ("steps", "steps"), ("epoch", "epoch")]
      .filter { known.contains($0.0) }.map { "const double \($0.0) = (double)step->\($0.1);" }
    let sharesPasses = training.accumulated > 1 && names.plan.model.reduction == .mean
    let passCount = names.plan.options.joinsProcesses ? "step->whole" : "batch->count"
    numbers = fields.names + scalars.names + (sharesPasses ? ["pass_share"] : [])
    statements =
      doubles.lines + times + fields.lines
      + scalars.lines
      + (training.accumulated > 1 ? ["s.is_last = step->pass + 1 == step->passes;"] : [])
      + (sharesPasses
        ? ["s.pass_share = (real)((double)\(passCount) / (double)step->examples);"] : [])
  }
}

/// Lines that set something each, one for each name.
private struct UniqueLines {
  var names: [String] = []
  var lines: [String] = []

  mutating func add(_ name: String, _ line: String) {
    if names.contains(name) { return }
    names.append(name)
    lines.append(line)
  }
}
