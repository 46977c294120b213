import IR
import Lowering

/// What fills in the steps of a training: what a host calls.
struct StepsContext: TemplateContext {
  var template: String { "File/steps.c.mustache" }
  let isInspection, hasState, hasSeen, joinsLoad, hasSlots, draws: Bool
  let stepStatements: [String]
  /// The function that changes the learning rate, where one does.
  let schedule: String?
  let blockLosses, output: String
  let outputs: Int
  let labelChecks: [String]
  /// C for what the loss adds for parameters, where it adds anything.
  let penalty: String?
  /// Whether all batch norms have seen a batch, as C.
  let seen: String

  init(
    names: CodegenContext, state: [MemberContext], optimizer: OptimizerStep,
    library: TemplateLibrary
  ) {
    let plan = names.plan
    isInspection = plan.options.purpose == .inspection
    hasState = !state.isEmpty
    seen = state.seen
    hasSeen = !seen.isEmpty
    guard let losses = plan.blockLosses else {
      fatalError("a plan that trains has no losses")
    }
    blockLosses = names.buffer(losses)
    output = names.buffer(plan.output)
    outputs = plan.model.shape(of: plan.model.loss.operand).elementCount
    penalty = PenaltyContext.sum(names, parameters: "s->parameters", count: "s->count")
    labelChecks = LabelChecks(plan, step: "s").statements
    hasSlots = optimizer.hasSlots
    draws = plan.model.isRandom
    stepStatements = optimizer.statements
    schedule = ScheduleContext(names).map(library.render)
    joinsLoad = !plan.loadingKernels.isEmpty
  }
}
