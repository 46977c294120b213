import IR
import Lowering

/// The layout of an image and of the vector that it flattens to are the same, and so is the gradient's.
extension Flatten: LoweredOperation, ForwardOperation {
  package func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    planner.put(node.results[0], at: planner.place(node.operands[0]))
  }

  package func addGradient(to gradient: inout GradientBuilder) {
    guard let part = gradient.contribution(to: 0) else { return }
    gradient.add(AliasOperation(), operands: [gradient.resultGradient], results: [part])
    gradient.contribute(part, to: 0)
  }
}
