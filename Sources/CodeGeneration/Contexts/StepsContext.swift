import IR
import Lowering

/// What fills in the steps of a training: what a host calls.
struct StepsContext: TemplateContext {
  var template: String { "File/steps.c.mustache" }
  /// Whether a batch lies across several processes, and whether gradients go to the caller's region.
  let joins, keepsGradients: Bool
  let isInspection, trains, prepares, hasState, hasSeen, joinsLoad, hasSlots, draws: Bool
  let stepStatements: [String]
  /// How many passes a step has, where it has several.
  let passes: String?
  /// The function that changes the learning rate, where one does.
  let schedule: String?
  /// The one loss, or all where there are several.
  let blockLosses: String
  let hasParts: Bool
  let losses: [LossPart]
  let lossCount: Int
  let outputs: [Output]
  let inputChecks: [String]
  /// C for whether a target is missing.
  let misses: String
  let labelChecks: [String]
  /// What an evaluation says that its examples count.
  let counts: [String]
  /// What examples count by labels that move.
  let movedShares: [String]
  let hasMovedShares: Bool
  /// C for what the loss adds for parameters, where it adds anything.
  let penalty: String?
  /// Whether all batch norms have seen a batch, as C.
  let seen: String

  /// A loss of several.
  struct LossPart: Sendable {
    let name, output, blocks: String
    let weight: String?
  }

  /// An output.
  struct Output: Sendable {
    let index, count: Int
    let y: String
  }

  init(
    names: CodegenContext, state: [MemberContext], optimizer: OptimizerStep,
    library: TemplateLibrary
  ) {
    let plan = names.plan
    joins = plan.joinsProcesses
    keepsGradients = plan.keepsGradientsInRegion
    isInspection = plan.options.purpose == .inspection
    trains = plan.options.purpose == .training
    prepares = plan.options.purpose.foldsWeights
    hasState = !state.isEmpty
    seen = state.seen
    // What prepares the weights looks for itself.
    hasSeen = !seen.isEmpty && !prepares
    let model = plan.model
    guard let first = plan.blockLosses.first else {
      fatalError("a plan that trains has no losses")
    }
    blockLosses = names.buffer(first)
    hasParts = plan.blockLosses.count > 1
    lossCount = plan.blockLosses.count
    losses = zip(model.losses, plan.blockLosses).map { loss, buffer in
      LossPart(
        name: loss.function.base.keyword, output: model.outputName(loss.operand),
        blocks: names.buffer(buffer),
        weight: loss.weight == 1 ? nil : CText.double(loss.weight))
    }
    outputs = zip(model.outputs, plan.outputs).enumerated().map { index, output in
      Output(
        index: index, count: model.shape(of: output.0).elementCount, y: names.buffer(output.1))
    }
    inputChecks = CallerChecks.inputs(of: model, "batch->inputs", "batch->input_types")
    let missing = Set(model.losses.map(\.target)).sorted().map { target in
      "!" + model.access(to: target).isGiven()
    }
    misses = missing.count > 1 ? "(\(missing.joined(separator: " || ")))" : missing[0]
    penalty = PenaltyContext.sum(
      names, count: names.exampleCount,
      one: prepares ? "s->prepared->penalty" : "penalty(s->parameters)")
    let checks = LabelChecks(plan, step: "s")
    (labelChecks, movedShares) = (checks.statements, checks.sharesOfMoved)
    counts = checks.counts
    hasMovedShares = !movedShares.isEmpty
    hasSlots = optimizer.hasSlots
    draws = plan.model.isRandom && !prepares
    stepStatements = optimizer.statements
    passes = model.training.accumulated > 1 ? "\(model.training.accumulated)" : nil
    schedule = ScheduleContext(names).map(library.render)
    joinsLoad = !plan.loadingKernels.isEmpty
  }
}
