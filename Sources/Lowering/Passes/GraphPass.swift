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

  /// Operations absorb those that follow them.
  package static let fuse = GraphPass("fuse") { graph, _ in graph.fuse() }

  /// The loss, the gradients and the updates are added.
  package static let differentiate = GraphPass("differentiate") { graph, options in
    graph.differentiate(inspects: options.purpose == .inspection)
  }

  /// Gradients go through the slope of the activation before where they are made.
  package static let fuseGradients = GraphPass("fuse-gradients") { graph, _ in
    graph.fuseGradients()
  }

  /// What happens to a forward pass before its kernels are planned, in order.
  package static func pipeline(for options: PlanOptions) -> [GraphPass] {
    switch options.purpose {
    case .training: options.fuses ? [.fuse, .differentiate, .fuseGradients] : [.differentiate]
    case .inspection: [.differentiate]
    // The planner of an inference folds and fuses by itself.
    case .inference: []
    }
  }
}
