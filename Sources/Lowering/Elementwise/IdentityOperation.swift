import IR

/// The operand under another name, where a layer changes nothing.
package struct IdentityOperation: ForwardOperation {
  package init() {}

  package func hasChannelKernels(for operands: [Shape]) -> Bool { true }

  package func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    planner.put(node.results[0], at: planner.place(node.operands[0]))
  }

  package func addGradient(to gradient: inout GradientBuilder) {
    guard let part = gradient.contribution(to: 0) else { return }
    gradient.add(AliasOperation(), operands: [gradient.resultGradient], results: [part])
    gradient.contribute(part, to: 0)
  }
}
