import Diagnostics

/// One change of a graph, with a name.
package struct GraphPass: Sendable {
  package let name: String
  /// Changes the graph.
  package let run: @Sendable (inout Graph, PlanOptions) throws(Failure) -> Void

  package init(
    _ name: String, _ run: @escaping @Sendable (inout Graph, PlanOptions) throws(Failure) -> Void
  ) {
    self.name = name
    self.run = run
  }

  /// The loss absorbs the function before it.
  package static let absorbIntoLoss = GraphPass("absorb-into-loss") { graph, _ in
    graph.absorbIntoLoss()
  }

  /// Operations absorb those that follow them.
  package static let fuse = GraphPass("fuse") { graph, options in
    graph.fuse(joining: options.purpose == .evaluation || options.purpose == .inference)
  }

  /// The loss, the gradients and the updates are added.
  package static let differentiate = GraphPass("differentiate") { graph, options in
    graph.differentiate(inspects: options.purpose == .inspection)
  }

  /// The kernel that makes a gradient multiplies it by the slope of the activation before.
  package static let fuseGradients = GraphPass("fuse-gradients") { graph, _ in
    graph.fuseGradients()
  }

  /// Parameters move where their gradients are made.
  package static let fuseUpdates = GraphPass("fuse-updates") { graph, _ in graph.fuseUpdates() }

  /// Gradients are added up over the processes.
  package static let joinProcesses = GraphPass("join-processes") { graph, _ in
    graph.joinProcesses()
  }

  /// What nothing reads is left out.
  package static let prune = GraphPass("prune") { graph, _ in graph.prune() }

  /// The losses are added, and no gradients.
  package static let takeLosses = GraphPass("take-losses") { graph, _ in graph.takeLosses() }

  /// Parts of values are read where they lie.
  package static let readInPlace = GraphPass("read-in-place") { graph, _ in graph.readInPlace() }

  /// Each value gets a layout: examples in the lanes, or channels.
  package static let layOut = GraphPass("lay-out") { graph, options in
    graph.layouts =
      options.purpose == .inference
      ? ValueLayouts(channelsInLanesOf: graph, options)
      : ValueLayouts(examplesInLanesOf: graph.model, options)
  }

  /// What happens to a forward pass before its kernels are planned, in order.
  package static func pipeline(for options: PlanOptions) -> [GraphPass] {
    let fuse = options.fusesKernels ? [GraphPass.fuse] : []
    let join = options.joinsProcesses ? [GraphPass.joinProcesses] : []
    let fuseBackward = options.fusesKernels ? [GraphPass.fuseGradients, .fuseUpdates] : []
    let readInPlace = options.fusesKernels ? [GraphPass.readInPlace] : []
    return switch options.purpose {
    case .training, .inspection:
      [.absorbIntoLoss] + fuse + [.differentiate] + join + fuseBackward + readInPlace + [.layOut]
    case .inference: [.absorbIntoLoss, .prune] + fuse + [.layOut]
    case .evaluation: [.absorbIntoLoss, .prune] + fuse + [.takeLosses] + readInPlace + [.layOut]
    }
  }
}
