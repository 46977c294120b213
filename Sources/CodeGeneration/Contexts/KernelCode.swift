import IR
import Lowering

/// A kernel's place in the order in which they run.
struct ScheduledContext: Sendable {
  let name: String
  let tasks: Int
  /// What else there is to say of it, as members of C's `struct scheduled`.
  let fields: String
  let resultCount: Int
}

/// The text of all kernels and of what packs their weights, and the calls that run them.
struct KernelCode: Sendable {
  let forwardText, lossText, backwardText: String
  /// The functions that pack weights, and their names.
  let preparations, preparationNames: [String]
  /// Whether what the loss adds for parameters is one of them.
  let preparesPenalty: Bool
  /// The members of `struct prepared`.
  let prepared: [PreparedContext]
  let forwardCalls, lossCalls, backwardCalls: [ScheduledContext]
  /// The slopes that results of the forward pass go through.
  let slopes: [SlopesContext]
  /// The rows of the table of kernels.
  let table: String

  init(names: CodegenContext, library: TemplateLibrary) {
    let plan = names.plan
    let loading = plan.loadingKernels
    var shared = SharedFunctions.specializing(
      plan.kernels.filter { $0.original == nil }, names, library)
    /// The shared functions that `make` wants defined, and what it makes.
    func render(_ make: (inout SharedFunctions) -> any TemplateContext) -> [String] {
      let known = shared.definitions.count
      let context = make(&shared)
      return shared.definitions[known...].map(library.render) + [library.render(context)]
    }
    func text(_ phases: [Kernel.Phase]) -> String {
      plan.kernels.enumerated().filter {
        phases.contains($0.element.phase) && $0.element.original == nil
      }.flatMap {
        let kernel = $0.element
        let texts = render { kernel.context(names, sharing: &$0) }
        return texts
          + (loading.contains($0.offset)
            ? [library.render(LoadingContext(kernel, names: names))] : [])
      }.joined(separator: "\n")
    }
    func scheduled(_ phases: [Kernel.Phase]) -> [ScheduledContext] {
      plan.kernels.enumerated().filter { phases.contains($0.element.phase) }.map {
        ScheduledContext(
          $0.element, names: names, isLoading: loading.contains($0.offset),
          joinsLoad: !loading.isEmpty)
      }
    }
    let forward: [Kernel.Phase] = [.forward, .trainingForward]
    forwardText = text(forward)
    let penalty = PenaltyContext(names).map(library.render)
    preparesPenalty = plan.options.purpose == .evaluation && penalty != nil
    let packed = plan.kernels.compactMap { kernel in
      kernel.spec.packedWeights.map { (kernel: kernel, weights: $0) }
    }
    preparations =
      packed.flatMap { kernel, weights in
        render { PackedWeightsContext(weights, of: kernel, names: names, sharing: &$0) }
      } + (preparesPenalty ? [penalty].compactMap { $0 } : [])
    preparationNames = packed.map { names.function($0.weights.name) }
    prepared = packed.flatMap { $0.weights.members(names) }
    lossText =
      (plan.options.purpose == .inference
        ? plan.graph.losses.indices
          .map { library.render(LossEvaluationContext(names, index: $0)) }
          .joined(separator: "\n")
        : text([.loss, .trainingLoss]))
      + (preparesPenalty ? "" : penalty.map { "\n" + $0 } ?? "")
    backwardText = text([.backward, .state])
    forwardCalls = scheduled(forward)
    slopes = plan.kernels.filter { forward.contains($0.phase) }.enumerated().compactMap {
      SlopesContext($0.element, number: $0.offset, names: names)
    }
    lossCalls = scheduled([.loss, .trainingLoss])
    backwardCalls = scheduled([.backward, .state])
    table =
      plan.kernels.map { kernel in
        "{\"\(kernel.name)\", \(kernel.layer ?? -1), 0, \(CText.double(kernel.operations)), "
          + "\(CText.double(Double(plan.bytes(of: kernel))))}"
      }.joined(separator: ",\n    ") + ","
  }

  /// Whether anything follows the loss.
  var hasBackward: Bool { !backwardCalls.isEmpty }

  /// The identifiers of all of it.
  var identifiers: Set<Substring> {
    ([forwardText, lossText, backwardText] + preparations).reduce(into: []) {
      $0.formUnion(CText.identifiers(of: $1))
    }
  }
}

extension ScheduledContext {
  /// - Parameters:
  ///   - isLoading: Whether the kernel brings in the part of the input that it needs.
  ///   - joinsLoad: Whether any does, so that the input's load is a kernel of its own only at
  ///     times.
  fileprivate init(_ kernel: Kernel, names: CodegenContext, isLoading: Bool, joinsLoad: Bool) {
    name = isLoading ? LoadingContext.name(kernel, names) : names.function(kernel)
    var fields: [String] = []
    let hasBlocks = names.plan.options.purpose != .inference
    switch kernel.tasks {
    case .serial: tasks = 1
    case .fixed(let count), .inTurn(let count), .perBlock(let count), .perGroup(let count, _):
      tasks = count
    }
    switch kernel.tasks {
    case .serial, .fixed: if hasBlocks { fields.append(".whole = 1") }
    case .inTurn: fields.append(hasBlocks ? ".whole = 1" : ".alone = 1")
    case .perBlock: break
    case .perGroup(_, let blocks): fields.append(".group = \(blocks)")
    }
    switch kernel.phase {
    case .trainingForward, .trainingLoss, .state: fields.append(".when = TRAINING")
    case .forward, .loss, .backward:
      if kernel.spec is InputLoad, joinsLoad, kernel.original == nil {
        fields.append(".when = APART")
      }
    }
    let stored = kernel.original == nil ? kernel.results(names.plan) : []
    if !stored.isEmpty {
      let rows = stored.map { result in
        let plan = names.plan
        var numbers = ["\(result.layer)", names.buffer(result.buffer)]
        switch plan[result.buffer].layout {
        case .channels(let layout):
          numbers += ["\(layout.reach)", "\(layout.channels)", "\(layout.stride)"]
        case .lanes where !hasBlocks:
          // The example is in the first lane.
          numbers += ["\(result.count * plan.lanes)", "1", "\(plan.lanes)"]
        case .lanes, .numbers:
          numbers.append("\(result.count)")
          if plan.hasParts { numbers.append("\(plan.others(of: result.buffer) ?? 0)") }
        }
        return "{\(numbers.joined(separator: ", "))}"
      }
      fields.append(".results = {\(rows.joined(separator: ", "))}")
    }
    self.fields = fields.map { ", \($0)" }.joined()
    resultCount = stored.count
  }
}

extension Kernel {
  /// The results of layers that it leaves, with their numbers per example.
  fileprivate func results(_ plan: KernelPlan) -> [(layer: Int, buffer: BufferID, count: Int)] {
    plan.savedActivations.filter { writes.contains($0.buffer) }.map {
      ($0.layer, $0.buffer, plan.layouts.numbersOfExample(plan[$0.buffer].layout))
    }
  }
}
