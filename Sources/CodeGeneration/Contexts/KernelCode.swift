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

/// The text of all kernels, and the calls that run them.
struct KernelCode: Sendable {
  let forwardText, lossText, backwardText: String
  let forwardCalls, lossCalls, backwardCalls: [ScheduledContext]
  /// The rows of the table of kernels.
  let table: String

  init(names: Naming, library: TemplateLibrary) {
    let plan = names.plan
    let loading = plan.loadingKernels
    var shared = SharedFunctions()
    func text(_ phases: [Kernel.Phase]) -> String {
      plan.kernels.enumerated().filter { phases.contains($0.element.phase) }.flatMap {
        let known = shared.definitions.count
        let context = $0.element.form.context(of: $0.element, names: names, sharing: &shared)
        var contexts: [any TemplateContext] = shared.definitions[known...].map { $0 }
        contexts.append(context)
        if loading.contains($0.offset) {
          contexts.append(LoadingContext($0.element, names: names))
        }
        return contexts.map(library.render)
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
    lossText = text([.loss])
    backwardText = text([.backward, .state])
    forwardCalls = scheduled(forward)
    lossCalls = scheduled([.loss])
    backwardCalls = scheduled([.backward, .state])
    table =
      plan.kernels.map { kernel in
        "{\"\(kernel.name)\", \(kernel.layer ?? -1), 0, \(CText.double(kernel.operations)), "
          + "\(CText.double(Double(plan.bytes(of: kernel))))}"
      }.joined(separator: ",\n    ") + ","
  }

  /// Whether anything follows the loss.
  var hasBackward: Bool { !backwardCalls.isEmpty }

  /// Whether any kernel's text holds `text`.
  func contains(_ text: String) -> Bool {
    [forwardText, lossText, backwardText].contains { $0.contains(text) }
  }
}

extension ScheduledContext {
  /// - Parameters:
  ///   - isLoading: Whether the kernel brings in the part of the input that it needs.
  ///   - joinsLoad: Whether any does, so that the input's load is a kernel of its own only at times.
  fileprivate init(_ kernel: Kernel, names: Naming, isLoading: Bool, joinsLoad: Bool) {
    name = isLoading ? LoadingContext.name(kernel, names) : names.function(kernel)
    var fields: [String] = []
    switch kernel.tasks {
    case .serial:
      tasks = 1
      fields.append(".whole = 1")
    case .fixed(let count), .inTurn(let count):
      tasks = count
      fields.append(".whole = 1")
    case .perBlock(let count): tasks = count
    case .perGroup(let count, let blocks):
      tasks = count
      fields.append(".group = \(blocks)")
    }
    if names.plan.options.purpose == .inference {
      fields = []
      if case .fixed = kernel.tasks { fields.append(".shared = 1") }
    }
    switch kernel.phase {
    case .trainingForward, .state: fields.append(".when = TRAINING")
    case .forward, .loss, .backward:
      if kernel.form is InputLoad, joinsLoad { fields.append(".when = APART") }
    }
    let stored = kernel.results(names.plan)
    if !stored.isEmpty {
      let rows = stored.map { "{\($0.layer), \(names.buffer($0.buffer)), \($0.count)}" }
      fields.append(".results = {\(rows.joined(separator: ", "))}")
    }
    self.fields = fields.map { ", \($0)" }.joined()
    resultCount = stored.count
  }
}

extension Kernel {
  /// The results of layers that it leaves, with their numbers an example.
  fileprivate func results(_ plan: KernelPlan) -> [(layer: Int, buffer: BufferID, count: Int)] {
    plan.stored.filter { writes.contains($0.buffer) }.map {
      ($0.layer, $0.buffer, plan.layouts.numbersOfExample(plan[$0.buffer].layout))
    }
  }
}
