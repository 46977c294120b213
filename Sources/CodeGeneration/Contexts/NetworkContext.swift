import IR
import Lowering

/// What fills in the whole file around the kernels.
struct NetworkContext: TemplateContext {
  var template: String { "network.c.mustache" }
  let model, version, source, compileLine, headerName, hash, target: String
  let notes: [String]
  let real, integer: String
  let isFloat, isInspection: Bool
  let batch, lanes, vectorBytes: Int
  let laneNumbers: String
  let halvings: [String]
  let parameters, state: [MemberContext]
  let hasParameters, hasState, hasMoves, hasBackward, hasClasses, hasSeen: Bool
  let buffers: [BufferContext]
  let scratch: Int
  let usesExponential, usesMoments, usesDescend, usesDescendRow, usesStoreRow: Bool
  let usesNormalization, usesSigmoid, usesLogarithm, usesTarget, usesLanesSum, usesRelu: Bool
  let usesLarger, usesSplat, usesProduct: Bool
  let forwardKernels, lossKernels, backwardKernels: String
  let forwardCalls, lossCalls, backwardCalls, moveCalls: [CallContext]
  let blockLosses, output: String
  let outputs: Int
  let seen: [MemberContext]
  let tensors: [TensorContext]
  let layers: [String]
  let kernels: [KernelContext]
  let epochs: Int
  let inputName, targetName, outputName, lossName, optimizerName: String
  let inputScale, learningRate: String
  let classes, targetElements, inputRank, outputRank, targetRank, lossIsMean: Int
  let inputShape, outputShape, targetShape, stateSize: String

  init(
    names: Naming, memory: MemoryPlan, hash: String, version: String, library: TemplateLibrary
  ) {
    let plan = names.plan
    let model = plan.model
    let table = TensorTable(names: names, memory: memory)
    self.model = model.name
    self.version = version
    self.hash = hash
    source = names.source
    compileLine = Self.compileLine(plan, forHost: false)
    headerName = "\(model.name).h"
    target = plan.options.target.name
    notes = Self.notes(plan)
    real = plan.options.precision.rawValue
    integer = plan.options.precision == .float ? "int32_t" : "int64_t"
    isFloat = plan.options.precision == .float
    isInspection = plan.options.purpose == .inspection
    batch = model.training.batch
    lanes = plan.lanes
    vectorBytes = plan.lanes * plan.options.precision.bytes
    laneNumbers = CText.list(Array(0..<plan.lanes))
    halvings = Self.halvings(lanes: plan.lanes)
    parameters = table.parameters
    state = table.state
    hasParameters = !table.parameters.isEmpty
    hasState = !table.state.isEmpty
    seen = table.state.filter { $0.role == .seen }
    hasSeen = !seen.isEmpty
    buffers = table.buffers
    scratch = memory.size / plan.options.precision.bytes

    let code = KernelCode(names: names, memory: memory, library: library)
    forwardKernels = code.forwardText
    lossKernels = code.lossText
    backwardKernels = code.backwardText
    forwardCalls = code.forwardCalls
    lossCalls = code.lossCalls
    backwardCalls = code.backwardCalls
    moveCalls = code.moveCalls
    hasMoves = !code.moveCalls.isEmpty
    hasBackward = !(code.backwardCalls.isEmpty && code.moveCalls.isEmpty)
    kernels = code.table
    usesExponential = code.contains("exponential(") || code.contains("sigmoid(")
    usesMoments = code.contains("moments_at(")
    usesDescend = code.contains("descend(")
    usesDescendRow = code.contains("descend_row(")
    usesStoreRow = code.contains("store_row(")
    usesNormalization = plan.model.layers.contains { $0.op.normalization != nil }
    usesProduct = code.contains("multiply(")
    usesSigmoid = code.contains("sigmoid(")
    usesLogarithm = code.contains("LOG(")
    usesTarget = code.contains("target_of(")
    usesLanesSum = usesNormalization || code.contains("lanes_sum(")
    usesRelu = code.contains("relu(")
    usesLarger = code.contains("larger(")
    usesSplat = code.contains("splat(")

    blockLosses = names.buffer(plan.blockLosses)
    output = names.buffer(plan.output)
    let outputShape = model.shape(of: model.loss.operand)
    outputs = outputShape.elementCount
    tensors = table.tensors
    layers = model.layers.map(\.name)
    epochs = model.training.epochs
    inputName = model.input.name
    targetName = model.target.name
    outputName = model.outputName
    lossName = model.loss.kind.rawValue
    switch model.training.optimizer {
    case .sgd(let rate):
      optimizerName = "sgd"
      learningRate = CText.double(rate)
    }
    inputScale = CText.double(model.training.dataScale)
    inputRank = model.input.shape.dimensions.count
    inputShape = CText.list(model.input.shape.dimensions)
    outputRank = outputShape.dimensions.count
    self.outputShape = CText.list(outputShape.dimensions)
    lossIsMean = model.loss.reduction == .mean ? 1 : 0
    switch model.target.kind {
    case .classes(let count):
      (classes, targetElements, targetRank, targetShape) = (count, 0, 0, "0")
    case .values(let shape):
      (classes, targetElements) = (0, shape.elementCount)
      (targetRank, targetShape) = (shape.dimensions.count, CText.list(shape.dimensions))
    }
    hasClasses = classes > 0
    stateSize = table.state.isEmpty ? "0" : "sizeof(struct state)"
  }

  /// What the banner tells a reader to compile with. Multiply and add are contracted into one
  /// instruction, which gcc does not do in strict C11 unless told.
  static func compileLine(_ plan: KernelPlan, forHost: Bool) -> String {
    let name = plan.model.name
    let flags = (["-std=c11", "-O3", "-ffp-contract=fast"] + plan.options.target.compilerFlags)
      .joined(separator: " ")
    return forHost
      ? "cc \(flags) \(name)_main.c \(name).c -lm -o \(name)"
      : "cc \(flags) -fPIC -shared \(name).c -lm -o \(name).so"
  }

  private static func notes(_ plan: KernelPlan) -> [String] {
    plan.graph.sortedZeroGradients.map { tensor, reason in
      "\(plan.model.layers[tensor.layer].name).\(tensor.role.rawValue) does not learn: \(reason)."
    }
  }

  /// The steps of a sum over lanes: the upper half of what is left comes down onto the lower.
  private static func halvings(lanes: Int) -> [String] {
    var halves: [Int] = []
    var half = lanes / 2
    while half > 0 {
      halves.append(half)
      half /= 2
    }
    return halves.map { half in
      let indices = (0..<lanes).map { ($0 + half) % lanes }
      return "__builtin_shufflevector(v, v, \(CText.list(indices)))"
    }
  }
}

extension Model {
  /// The name of the loss's operand: what the model file calls it, or the layer that makes it.
  public var outputName: String {
    let index = loss.operand.layerIndex
    return index < 0 ? input.name : layers[index].valueName ?? layers[index].name
  }
}
