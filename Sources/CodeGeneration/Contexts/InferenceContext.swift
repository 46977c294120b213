import IR
import Lowering

/// What fills in the whole file of an inference plan around the kernels.
struct InferenceContext: TemplateContext {
  var template: String { "File/inference.c.mustache" }
  let model, version, source, headerName, real: String
  let compileLines: [String]
  let batch, lanes, inputs, outputs, classes: Int
  let hasParameters, hasState, hasPrepared, hasSeen, hasClasses: Bool
  let usesVectors, outputIsVector: Bool
  let vectors, kernelText, loss, output, table: String
  let parameters, state: [String]
  /// Whether all batch norms have seen a batch, as C.
  let seen: String
  let prepared: [PreparedContext]
  let buffers: [BufferContext]
  let oneOutput, scratch, outputChannels, outputPlane, outputStride: Int
  let preparations, preparationNames: [String]
  let calls: [ScheduledContext]
  /// The most results that a kernel leaves.
  let resultCount: Int

  init(
    names: Naming, memory: MemoryPlan, hash: String, version: String, library: TemplateLibrary
  ) {
    let plan = names.plan
    let model = plan.model
    let tensors = TensorTable(names: names, memory: memory)
    self.model = model.name
    self.version = version
    source = names.source
    compileLines = NetworkContext.compileLines(plan, forHost: false)
    headerName = "\(model.name).h"
    real = plan.options.precision.rawValue
    batch = model.training.batch
    lanes = plan.lanes
    inputs = model.input.shape.elementCount
    parameters = tensors.parameters.declarations
    state = tensors.state.declarations
    seen = tensors.state.seen
    hasParameters = !parameters.isEmpty
    hasState = !state.isEmpty
    hasSeen = !seen.isEmpty
    buffers = tensors.buffers

    let outputShape = model.shape(of: model.loss.operand)
    outputs = outputShape.elementCount
    output = names.buffer(plan.output)
    outputIsVector = outputShape.planeCount == 1
    outputChannels = outputShape.channels
    outputPlane = outputShape.planeCount
    outputStride = plan.elementCount(of: plan[plan.output]) / outputPlane
    oneOutput = memory.size / plan.options.precision.bytes
    scratch = oneOutput + outputs

    let code = KernelCode(names: names, library: library)
    kernelText = code.forwardText
    calls = code.forwardCalls
    resultCount = max(1, calls.map(\.resultCount).max() ?? 1)
    loss = library.render(InferenceLossContext(names))
    let made = plan.packedWeights
    preparations = made.map { library.render(PackedWeightsContext($0, names: names)) }
    preparationNames = made.map { names.function($0.name) }
    prepared = made.flatMap { $0.members(names) }
    hasPrepared = !prepared.isEmpty
    usesVectors = kernelText.contains("vectors_at(")
    let usesRoots = preparations.contains { $0.contains("SQRT(") }
    let texts = [kernelText, loss]
    vectors = library.render(
      VectorsContext(names, usesRoots: usesRoots) { text in texts.contains { $0.contains(text) } })
    classes = model.target.kind.classCount
    hasClasses = classes > 0
    table = library.render(
      PluginTableContext(
        names: names, table: tensors, kernels: code.table, hash: hash, version: version))
  }
}

/// What fills in the template of an inference plan's loss.
struct InferenceLossContext: TemplateContext {
  var template: String { "Losses/inference.c.mustache" }
  let source: String
  let comment, statements: [String]

  init(_ names: Naming) {
    let model = names.plan.model
    guard let loss = model.loss.function.base as? any LoweredLoss else {
      preconditionFailure("\(model.loss.function.base.keyword) cannot be computed")
    }
    source = "\(names.source):\(model.loss.range.lower.line)"
    let row = "row_of(batch, example)"
    let label = "((const int32_t *)batch->targets[0])[\(row)]"
    let code = loss.evaluation(
      LossEvaluation(
        names: names, outputs: model.shape(of: model.loss.operand).elementCount, label: label,
        target: model.target.kind.classCount > 0
          ? "(real)\(label)" : "((const real *)batch->targets[0])[\(row) * OUTPUTS + k]"))
    comment = code.comment
    statements = code.statements
  }
}
