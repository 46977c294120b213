import IR
import Lowering

/// What fills in what a host calls of a plugin that infers.
struct InferenceStepsContext: TemplateContext {
  var template: String { "File/inference.c.mustache" }
  /// C for the parameters that kernels read as they are.
  let parameters: String
  let hasLanes: Bool
  let labelChecks: [String]
  /// What the examples count together in each loss that weighs them.
  let counts: [String]
  /// C for what the loss adds for parameters, where it adds anything.
  let penalty: String?
  let inputChecks, inferChecks: [String]
  let missesOutputs: String
  let outputs: [Output]
  /// Whether there are several losses, and these.
  let hasParts: Bool
  let lossCount: Int
  let losses: [LossPart]

  /// An output: how it lies, and where.
  struct Output: Sendable {
    let index, count, channels, plane, stride: Int
    let y: String
    let isVector: Bool
  }

  /// A loss of several.
  struct LossPart: Sendable {
    let function, isGiven: String
    let weight: String?
  }

  init(_ names: CodegenContext) {
    let plan = names.plan
    let model = plan.model
    hasLanes = plan.hasLanes
    parameters =
      plan.keepsParameters ? "&((const struct prepared *)regions->prepared)->parameters" : "0"
    outputs = zip(model.outputs, plan.outputs).enumerated().map { index, output in
      let shape = model.shape(of: output.0)
      return Output(
        index: index, count: shape.elementCount, channels: shape.channels, plane: shape.planeCount,
        stride: plan.elementCount(of: plan[output.1]) / shape.planeCount,
        y: names.buffer(output.1), isVector: shape.planeCount == 1)
    }
    missesOutputs = (["!outputs"] + outputs.map { "!outputs[\($0.index)]" })
      .joined(separator: " || ")
    inputChecks = CallerChecks.inputs(of: model, "batch->inputs", "batch->input_types")
    inferChecks = CallerChecks.inputs(of: model, "inputs", "input_types")
    hasParts = model.losses.count > 1
    lossCount = model.losses.count
    losses = model.losses.enumerated().map { index, loss in
      LossPart(
        function: LossEvaluationContext.name(of: index),
        isGiven: model.access(to: loss.target).isGiven("&s"),
        weight: loss.weight == 1 ? nil : CText.double(loss.weight))
    }
    penalty = PenaltyContext.sum(
      names, count: "batch->count", one: "penalty(regions->parameters)")
    let checks = LabelChecks(plan, step: "&s")
    (labelChecks, counts) = (checks.statements, checks.counts)
  }
}

/// What fills in the functions that pack the weights.
struct PreparationContext: TemplateContext {
  var template: String { "File/preparation.c.mustache" }
  let preparations, preparationNames: [String]
  let hasState, hasSeen, keepsParameters, preparesPenalty: Bool
  /// Whether all batch norms have seen a batch, as C.
  let seen: String

  init(_ code: KernelCode, state: [MemberContext], keepsParameters: Bool) {
    self.keepsParameters = keepsParameters
    preparesPenalty = code.preparesPenalty
    preparations = code.preparations
    preparationNames = code.preparationNames
    hasState = !state.isEmpty
    seen = state.seen
    hasSeen = !seen.isEmpty
  }
}

/// What fills in a loss of one example.
struct LossEvaluationContext: TemplateContext {
  var template: String { "Losses/loss_of.c.mustache" }
  /// The function, and where what the loss reads is.
  let name, x: String
  let source: String
  let comment, statements: [String]

  /// The function of loss `index`.
  static func name(of index: Int) -> String { "loss_of\(Loss.suffix(index))" }

  init(_ names: CodegenContext, index: Int) {
    let plan = names.plan
    let (model, loss) = (plan.model, plan.graph.losses[index])
    guard let function = loss.function.base as? any LoweredLoss else {
      fatalError("\(loss.function.base.keyword) cannot be computed")
    }
    let operand = plan.lossOperands[index]
    name = Self.name(of: index)
    x = names.buffer(operand)
    source = "\(names.source):\(loss.range.lower.line)"
    let shape = model.shape(of: loss.operand)
    let plane = shape.planeCount
    let code = function.evaluation(
      LossEvaluation(
        names: names, index: index, outputs: shape.elementCount,
        isMean: loss.reduction == .mean, plane: plane,
        stride: plan.elementCount(of: plan[operand]) / plane,
        target: model.access(to: loss.target)))
    comment = code.comment
    statements = code.statements
  }
}
