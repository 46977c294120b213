import IR
import Lowering

/// A member of `struct prepared`, counted in vectors.
struct PreparedContext: Sendable {
  let member, layout: String
  let count: Int
}

/// What fills in the whole file of an inference plan around the kernels.
struct InferenceContext: TemplateContext {
  var template: String { "inference.c.mustache" }
  let model, version, source, compileLine, headerName, real: String
  let batch, lanes, inputs, outputs, classes: Int
  let isFloat, hasParameters, hasState, hasPrepared, hasSeen, hasClasses: Bool
  let usesVectors, usesSquareRoot, shares, outputIsVector: Bool
  let vectors, kernelText, loss, output, table: String
  let parameters, state, seen: [MemberContext]
  let prepared: [PreparedContext]
  let buffers: [BufferContext]
  let oneOutput, scratch, outputChannels, outputPlane, outputStride: Int
  let preparations, preparationNames: [String]
  let calls: [CallContext]

  init(
    names: Naming, memory: MemoryPlan, hash: String, version: String, library: TemplateLibrary
  ) {
    let plan = names.plan
    let model = plan.model
    let tensors = TensorTable(names: names, memory: memory)
    self.model = model.name
    self.version = version
    source = names.source
    compileLine = NetworkContext.compileLine(plan, forHost: false)
    headerName = "\(model.name).h"
    real = plan.options.precision.rawValue
    isFloat = plan.options.precision == .float
    batch = model.training.batch
    lanes = plan.lanes
    inputs = model.input.shape.elementCount
    parameters = tensors.parameters
    state = tensors.state
    seen = tensors.state.filter { $0.role == .seen }
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

    let code = KernelCode(names: names, memory: memory, library: library)
    kernelText = code.forwardText
    calls = code.forwardCalls
    shares = calls.contains { $0.prefix == Kernel.Tasks.sharing }
    loss = library.render(
      InferenceLossContext(model, source: "\(names.source):\(model.loss.range.lower.line)"))
    let contexts = names.preparations
    preparations = contexts.map { library.render($0) }
    preparationNames = contexts.map(\.name)
    prepared = plan.kernels.flatMap { PreparedContext.members($0.form, names: names) }
    hasPrepared = !prepared.isEmpty
    usesVectors = kernelText.contains("vectors_at(")
    usesSquareRoot = preparations.contains { $0.contains("SQRT(") }
    let texts = [kernelText, loss]
    vectors = library.render(
      VectorsContext(plan) { text in texts.contains { $0.contains(text) } })
    classes = model.classCount
    hasClasses = classes > 0
    table = library.render(
      PluginTableContext(
        names: names, table: tensors, kernels: code.table, hash: hash, version: version))
  }
}

/// What fills in the template of an inference plan's loss.
struct InferenceLossContext: TemplateContext {
  var template: String { "inference_loss.c.mustache" }
  let source, mean, target: String
  let outputs: Int
  let isSoftmax, isRegression, isBinary: Bool

  init(_ model: Model, source: String) {
    self.source = source
    outputs = model.shape(of: model.loss.operand).elementCount
    mean = CText.real(1 / Double(outputs))
    isSoftmax = model.loss.kind == .softmaxCrossEntropy
    isRegression = model.loss.kind == .linearRegression
    isBinary = model.loss.kind == .binaryCrossEntropy
    let row = "row_of(batch, example)"
    switch model.target.kind {
    case .classes: target = "(real)((const int32_t *)batch->target)[\(row)]"
    case .values: target = "((const real *)batch->target)[\(row) * OUTPUTS + k]"
    }
  }
}

extension Naming {
  /// What fills in the functions that prepare the kernels' weights, in order.
  var preparations: [PreparationContext] {
    plan.kernels.compactMap { kernel in
      guard case .inference(let form) = kernel.form else { return nil }
      return PreparationContext(form, names: self)
    }
  }
}

extension PreparedContext {
  /// The members that the kernel of `form` reads.
  fileprivate static func members(_ form: Kernel.Form, names: Naming) -> [PreparedContext] {
    guard case .inference(let form) = form, let preparation = form.preparation else { return [] }
    let layer = names.layer(preparation.layer)
    let vectors = preparation.vectors
    let lanes = names.plan.lanes
    func member(_ name: String, _ layout: String, depth: Int = 1) -> PreparedContext {
      PreparedContext(member: "\(layer)_\(name)", layout: layout, count: vectors * depth)
    }
    let row = "[\(vectors)][\(lanes)]"
    switch form {
    case .convolution(let form):
      return [
        member("weight", form.weightLayout(lanes: lanes), depth: form.depth), member("bias", row),
      ]
    case .dense(let form):
      return [
        member("weight", form.weightLayout(lanes: lanes), depth: form.inputs), member("bias", row),
      ]
    case .load, .affine, .pool, .activation, .sum, .flatten:
      return [member("scale", row), member("shift", row)]
    }
  }
}

extension InferenceForm {
  /// What fills in this kernel's template.
  func context(of kernel: Kernel, names: Naming) -> any TemplateContext {
    let (name, layer) = (kernel.name, kernel.layer ?? 0)
    switch self {
    case .load(let form): return InferenceLoadContext(form, name: name, names: names)
    case .convolution(let form): return InferenceConvolutionContext(form, name: name, names: names)
    case .dense(let form): return InferenceDenseContext(form, name: name, names: names)
    case .affine(let form): return InferenceAffineContext(form, name: name, names: names)
    case .pool(let form):
      return InferencePoolContext(form, name: name, layer: layer, names: names)
    case .activation(let form):
      return InferenceElementsContext(form, name: name, layer: layer, names: names)
    case .sum(let form): return InferenceElementsContext(form, name: name, names: names)
    case .flatten(let form):
      return InferenceFlattenContext(form, name: name, layer: layer, names: names)
    }
  }
}
