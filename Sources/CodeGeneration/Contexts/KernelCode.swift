import IR
import Lowering

/// One call of a kernel.
struct CallContext: Sendable {
  let prefix, name, tasks: String
  let index: Int
  /// The values that it stores.
  let checks: [StoredContext]
}

/// A row of the table of kernels.
struct KernelContext: Sendable {
  let name: String
  let layer: Int
  let operations, bytes: String
}

/// The text of all kernels, and the calls that run them.
struct KernelCode: Sendable {
  let forwardText, lossText, backwardText: String
  let forwardCalls, lossCalls, backwardCalls, moveCalls: [CallContext]
  let table: [KernelContext]

  init(names: Naming, library: TemplateLibrary) {
    let plan = names.plan
    let loading = plan.loadingKernels
    func text(_ phases: [Kernel.Phase]) -> String {
      plan.kernels.enumerated().filter { phases.contains($0.element.phase) }.map {
        let text = library.render($0.element.form.context(of: $0.element, names: names))
        guard loading.contains($0.offset) else { return text }
        return text + "\n" + library.render(LoadingContext($0.element, names: names))
      }.joined(separator: "\n")
    }
    func checks(of kernel: Kernel) -> [StoredContext] {
      if kernel.form is any InferenceForm { return kernel.inferenceChecks(names: names) }
      return plan.stored.filter { kernel.writes.contains($0.buffer) }.map {
        StoredContext(
          buffer: names.buffer($0.buffer), name: names.layer($0.layer),
          count: plan.elementCount(of: plan[$0.buffer]) / (plan.blocks * plan.lanes),
          layer: $0.layer)
      }
    }
    func calls(_ phases: [Kernel.Phase]) -> [CallContext] {
      plan.kernels.enumerated().filter { phases.contains($0.element.phase) }.map {
        let name =
          loading.contains($0.offset)
          ? LoadingContext.name($0.element, names) : names.function($0.element)
        return CallContext(
          prefix: $0.element.prefix(joinsLoad: !loading.isEmpty), name: name,
          tasks: $0.element.tasks.text, index: $0.offset, checks: checks(of: $0.element))
      }
    }
    let forward: [Kernel.Phase] = [.forward, .trainingForward, .evaluationForward]
    forwardText = text(forward)
    lossText = text([.loss])
    backwardText = text([.backward, .state])
    forwardCalls = calls(forward)
    lossCalls = calls([.loss])
    backwardCalls = calls([.backward])
    moveCalls = calls([.state])
    table = plan.kernels.map { kernel in
      KernelContext(
        name: kernel.name, layer: kernel.layer ?? -1,
        operations: CText.double(kernel.operations),
        bytes: CText.double(Double(plan.bytes(of: kernel))))
    }
  }

  /// Whether anything follows the loss.
  var hasBackward: Bool { !(backwardCalls.isEmpty && moveCalls.isEmpty) }

  /// Whether any kernel's text holds `text`.
  func contains(_ text: String) -> Bool {
    [forwardText, lossText, backwardText].contains { $0.contains(text) }
  }
}

extension Kernel {
  /// All numbers that a layer's kernel of an inference plan writes.
  fileprivate func inferenceChecks(names: Naming) -> [StoredContext] {
    guard let layer else { return [] }
    return writes.map {
      StoredContext(
        buffer: names.buffer($0), name: names.layer(layer),
        count: names.plan.elementCount(of: names.plan[$0]), layer: layer)
    }
  }

  /// C that comes before the call; of an inference plan the function that makes the call.
  /// `joinsLoad`: the input's load is part of other kernels.
  fileprivate func prefix(joinsLoad: Bool) -> String {
    if form is any InferenceForm { return tasks.caller }
    if form is InputLoad, joinsLoad { return "if (loads_apart(s)) " }
    return switch phase {
    case .trainingForward: "if (s->training) "
    case .evaluationForward: "if (!s->training) "
    case .forward, .loss, .backward, .state: ""
    }
  }
}

extension Kernel.Tasks {
  /// The function of an inference plan that lends tasks to other threads.
  static let sharing = "share"

  /// The function of an inference plan that runs tasks like these.
  fileprivate var caller: String {
    switch self {
    case .fixed: Self.sharing
    case .serial, .inTurn, .perBlock, .perGroup: "run"
    }
  }

  /// The number of tasks as C.
  var text: String {
    switch self {
    case .serial: "1"
    case .fixed(let count), .inTurn(let count): "\(count)"
    case .perBlock(let count): count == 1 ? "s->blocks" : "s->blocks * \(count)"
    case .perGroup(let count, let blocks):
      blocks == 1
        ? Kernel.Tasks.perBlock(count).text
        : "(s->blocks + \(blocks - 1)) / \(blocks) * \(count)"
    }
  }
}
