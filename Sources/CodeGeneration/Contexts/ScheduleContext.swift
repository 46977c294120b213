import IR
import Lowering

/// What fills in the function that changes the learning rate from step to step.
struct ScheduleContext: TemplateContext {
  var template: String { "Training/schedule.c.mustache" }
  let keyword: String
  let statements: [String]

  /// Nil where all steps have the same rate, and where a plan has no steps.
  init?(_ names: CodegenContext) {
    let plan = names.plan
    let schedule = plan.model.training.schedule
    guard plan.options.purpose == .training, !schedule.isConstant,
      let index = plan.model.training.optimizer.learningRateIndex
    else { return nil }
    keyword = schedule.keyword
    statements =
      Self.declarations(schedule.factor)
      + Self.branches(schedule.factor, names) { "hyperparameters[\(index)] *= \($0);" }
  }

  /// The variables that `factor` reads; what it does not read is an argument all the same.
  private static func declarations(_ factor: ScalarExpression) -> [String] {
    let variables = [("t", "step"), ("steps", "last")]
    let read = variables.filter { factor.variables.contains($0.0) }
    let list = read.map { "\($0.0) = (double)\($0.1)" }.joined(separator: ", ")
    return (read.isEmpty ? [] : ["const double \(list);"])
      + variables.filter { !factor.variables.contains($0.0) }.map { "(void)\($0.1);" }
  }

  /// What is done with the value of `expression`, its outermost choices being statements.
  private static func branches(
    _ expression: ScalarExpression, _ names: CodegenContext, _ statement: (String) -> String
  ) -> [String] {
    guard case .select(let condition, let then, let otherwise) = expression.inlined else {
      return [statement(names.double(expression))]
    }
    var rest = branches(otherwise, names, statement)
    rest[0] = "else \(rest[0])"
    return ["if (\(names.double(condition))) \(statement(names.double(then)))"] + rest
  }
}
