import IR
import Lowering

/// What fills in the function that changes the learning rate, and the momentum, from step to step.
struct ScheduleContext: TemplateContext {
  var template: String { "Training/schedule.c.mustache" }
  let keyword: String
  let isOfEpochs: Bool
  /// Whether it sets the momentum.
  let setsMomentum: Bool
  let statements: [String]

  /// Nil where all steps have the same rate, and where a plan has no steps.
  init?(_ names: CodegenContext) {
    let plan = names.plan
    let (schedule, optimizer) = (plan.model.training.schedule, plan.model.training.optimizer)
    guard plan.options.purpose == .training, !schedule.isConstant,
      let rate = optimizer.learningRateIndex
    else { return nil }
    let momentum = schedule.momentum.flatMap { value in
      optimizer.momentumIndex.map { (value: value, index: $0) }
    }
    keyword = schedule.keyword
    isOfEpochs = schedule.unit == .epoch
    setsMomentum = momentum != nil
    statements =
      Self.declarations(schedule)
      + (schedule.factor == 1
        ? [] : Self.branches(schedule.factor, names) { "hyperparameters[\(rate)] *= \($0);" })
      + (momentum.map { momentum in
        Self.branches(momentum.value, names) { "hyperparameters[\(momentum.index)] = \($0);" }
      } ?? [])
  }

  /// The variables that the schedule reads; what it does not read is an argument all the same.
  private static func declarations(_ schedule: Schedule) -> [String] {
    let read = Set(schedule.factor.variables + (schedule.momentum?.variables ?? []))
    let isOfEpochs = schedule.unit == .epoch
    let variables =
      isOfEpochs
      ? [
        ("t", "step", "((step - 1) / length + 1)"),
        ("steps", "last", "(last / length + (last % length > 0))"),
      ] : [("t", "step", "step"), ("steps", "last", "last")]
    let used = variables.filter { read.contains($0.0) }
    let list = used.map { "\($0.0) = (double)\($0.2)" }.joined(separator: ", ")
    return
      (isOfEpochs && !used.isEmpty
      ? ["const uint64_t length = epoch_steps > 0 ? epoch_steps : 1;"] : ["(void)epoch_steps;"])
      + (used.isEmpty ? [] : ["const double \(list);"])
      + variables.filter { !read.contains($0.0) }.map { "(void)\($0.1);" }
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
