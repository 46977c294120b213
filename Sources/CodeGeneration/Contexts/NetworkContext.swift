import IR
import Lowering

/// What fills in the whole file around the kernels.
struct NetworkContext: TemplateContext {
  var template: String { "File/network.c.mustache" }
  let model, version, source, headerName: String
  let compileLines, notes: [String]
  let real, integer: String
  let infers, evaluates, joinsLoad, draws: Bool
  /// Whether a step has several passes, and whether gradients go to the caller's region.
  let accumulates, keepsGradients: Bool
  /// Examples of all processes, where a batch lies across several.
  let wholeBatch: String?
  /// The functions that add up over processes, where a batch lies across several.
  let joins: String?
  /// Whether an inference has examples in the lanes of some values.
  let hasLanes: Bool
  /// Which of the functions that tell examples in the lanes anything calls.
  let usesActiveCount, usesActiveLanes, usesParts: Bool
  let batch, lanes, blocks: Int
  /// Numbers of the output of one example, where an inference has one output.
  let outputs: Int?
  let severalTargets: Bool
  /// What is made of the weights before an inference, or an evaluation.
  let prepared: [PreparedContext]
  let prepares, hasPrepared, keepsParameters, preparesPenalty: Bool
  let preparation: String
  let laneNumbers: String
  let vectors: String
  let parameters, state: [String]
  let hasParameters, hasState, hasBackward: Bool
  let buffers: [BufferContext]
  /// Numbers of scratch.
  let scratch: Int
  /// The functions of the library that see a step.
  let functions: [String]
  let hasSlots: Bool
  /// Numbers that are the same for all parameters of a step.
  let stepNumbers: [String]
  let forwardKernels, lossKernels, backwardKernels: String
  let schedule, steps, table: String

  init(
    names: CodegenContext, memory: MemoryPlan, hash: String, trainingHash: String?,
    version: String, library: TemplateLibrary
  ) {
    let plan = names.plan
    let model = plan.model
    let tensors = TensorTable(names: names, memory: memory)
    self.model = model.name
    self.version = version
    source = names.source
    compileLines = Self.compileLines(plan, forHost: false)
    headerName = "\(model.name).h"
    notes = Self.notes(plan)
    real = plan.options.precision.rawValue
    integer = plan.options.precision == .float ? "int32_t" : "int64_t"
    infers = plan.options.purpose == .inference
    evaluates = plan.options.purpose == .evaluation
    prepares = plan.options.purpose.foldsWeights
    hasLanes = plan.hasLanes
    joinsLoad = !plan.loadingKernels.isEmpty
    draws = model.isRandom && !prepares
    batch = model.training.batch
    lanes = plan.lanes
    blocks = plan.blocks
    outputs =
      infers && model.outputs.count == 1 ? model.shape(of: model.outputs[0]).elementCount : nil
    severalTargets = model.targets.count > 1
    laneNumbers = CText.list(Array(0..<plan.lanes))
    parameters = tensors.parameters.declarations
    state = tensors.state.declarations
    hasParameters = !tensors.parameters.isEmpty
    hasState = !tensors.state.isEmpty
    buffers = tensors.buffers
    scratch = memory.size / plan.options.precision.bytes

    let code = KernelCode(names: names, library: library)
    forwardKernels = code.forwardText
    lossKernels = code.lossText
    backwardKernels = code.backwardText
    hasBackward = code.hasBackward
    prepared = code.prepared
    keepsParameters = infers && plan.keepsParameters
    preparesPenalty = code.preparesPenalty
    hasPrepared = !prepared.isEmpty || keepsParameters || preparesPenalty
    preparation =
      prepares
      ? library.render(
        PreparationContext(code, state: tensors.state, keepsParameters: keepsParameters)) : ""
    schedule = library.render(KernelScheduleContext(plan, code))
    let used = model.training.optimizers.indices.filter { index in
      ["", "_row"].contains { form in
        [names.update(by: index, form), names.taking(by: index, form)].contains {
          code.identifiers.contains($0[...])
        }
      }
    }
    accumulates = model.training.accumulated > 1
    keepsGradients = plan.keepsGradientsInRegion
    wholeBatch = plan.joinsProcesses ? "\(model.training.wholeBatch)" : nil
    joins = plan.joinsProcesses ? library.render(ProcessesContext()) : nil
    let step = OptimizerStep(names, used: used)
    hasSlots = step.hasSlots
    stepNumbers =
      step.numbers
      + plan.graph.losses.indices.filter { plan.graph.losses[$0].weighsMean }
      .map { "share\(Loss.suffix($0))" }
    steps =
      infers
      ? library.render(InferenceStepsContext(names))
      : library.render(
        StepsContext(names: names, state: tensors.state, optimizer: step, library: library))
    var needed = code.identifiers.union(CText.identifiers(of: steps))
    let functionLibrary = CLibrary(names)
    functions = CLibrary.texts(of: functionLibrary.steps, needed: &needed, library)
    usesActiveLanes = needed.contains("active_lanes")
    usesActiveCount = usesActiveLanes || needed.contains("active_count")
    usesParts = needed.contains("part_at")
    vectors = library.render(
      VectorsContext(
        names, needed: &needed, entries: functionLibrary.vectors, library: library))
    table = library.render(
      PluginTableContext(
        names: names, table: tensors, kernels: code.table, hash: hash,
        trainingHash: trainingHash, version: version))
  }

  /// What the banner tells a reader to compile with, as a shell takes it.
  static func compileLines(_ plan: KernelPlan, forHost: Bool) -> [String] {
    let name = plan.model.name
    return forHost
      ? compileLines(plan, files: ["\(name)_main.c", "\(name).c"], output: name)
      : compileLines(plan, files: ["-fPIC", "-shared", "\(name).c"], output: "\(name).so")
  }

  static func compileLines(_ plan: KernelPlan, files: [String], output: String) -> [String] {
    let files = files + ["-lm", "-o", output]
    var lines = ["cc"]
    for word in plan.options.target.buildFlags + files {
      if lines[lines.count - 1].utf8.count + word.utf8.count > 90 {
        lines[lines.count - 1] += " \\"
        lines.append("  ")
      }
      lines[lines.count - 1] += " \(word)"
    }
    return lines
  }

  private static func notes(_ plan: KernelPlan) -> [String] {
    func name(_ tensor: TensorID) -> String {
      "\(plan.model.layers[tensor.layer].name).\(tensor.role.rawValue)"
    }
    let frozen = plan.options.purpose.foldsWeights ? [] : plan.model.frozenParameters
    let list = frozen.map(name).joined(separator: ", ")
    return (list.isEmpty ? [] : ["frozen, so that they do not learn: \(list)."])
      + plan.graph.sortedZeroGradients.map { tensor, reason in
        "\(name(tensor)) does not learn: \(reason)."
      }
  }
}
