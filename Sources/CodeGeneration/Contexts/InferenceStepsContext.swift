import IR
import Lowering

/// What fills in what a host calls of a plugin that infers.
struct InferenceStepsContext: TemplateContext {
  var template: String { "File/inference.c.mustache" }
  let output: String
  /// C for the parameters that kernels read as they are.
  let parameters: String
  let outputIsVector, hasLanes: Bool
  let labelChecks: [String]
  /// C for what the loss adds for parameters, where it adds anything.
  let penalty: String?
  let outputChannels, outputPlane, outputStride: Int

  init(_ names: CodegenContext) {
    let plan = names.plan
    let shape = plan.model.shape(of: plan.model.loss.operand)
    output = names.buffer(plan.output)
    hasLanes = plan.hasLanes
    parameters =
      plan.keepsParameters ? "&((const struct prepared *)regions->prepared)->parameters" : "0"
    outputIsVector = shape.planeCount == 1
    outputChannels = shape.channels
    outputPlane = shape.planeCount
    outputStride = plan.elementCount(of: plan[plan.output]) / outputPlane
    penalty = PenaltyContext.sum(
      names, parameters: "regions->parameters", count: "batch->count")
    labelChecks = LabelChecks(plan, step: "&s").statements
  }
}

/// What fills in the functions that pack the weights.
struct PreparationContext: TemplateContext {
  var template: String { "File/preparation.c.mustache" }
  let preparations, preparationNames: [String]
  let hasState, hasSeen, keepsParameters: Bool
  /// Whether all batch norms have seen a batch, as C.
  let seen: String

  init(_ code: KernelCode, state: [MemberContext], keepsParameters: Bool) {
    self.keepsParameters = keepsParameters
    preparations = code.preparations
    preparationNames = code.preparationNames
    hasState = !state.isEmpty
    seen = state.seen
    hasSeen = !seen.isEmpty
  }
}

/// What fills in the loss of one example.
struct LossEvaluationContext: TemplateContext {
  var template: String { "Losses/loss_of.c.mustache" }
  /// Where what the loss reads is.
  let x: String
  let source: String
  let comment, statements: [String]

  init(_ names: CodegenContext) {
    let plan = names.plan
    let (model, graphLoss) = (plan.model, plan.graph.loss)
    guard let loss = graphLoss.function.base as? any LoweredLoss else {
      fatalError("\(graphLoss.function.base.keyword) cannot be computed")
    }
    x = names.buffer(plan.lossOperand)
    source = "\(names.source):\(graphLoss.range.lower.line)"
    let shape = model.shape(of: graphLoss.operand)
    let plane = shape.planeCount
    let stride = plan.elementCount(of: plan[plan.lossOperand]) / plane
    let label = "label_of(s, s->example)"
    let code = loss.evaluation(
      LossEvaluation(
        names: names, outputs: shape.elementCount, isMean: graphLoss.reduction == .mean,
        plane: plane, stride: stride, label: label,
        target: model.target.kind.classCount > 0
          ? "(real)\(label)" : "target_of(s, s->example, k, OUTPUTS)"))
    comment = code.comment
    statements = code.statements
  }
}
