import IR
import Lowering

/// Nothing moves.
extension Reshape: LoweredOperation, ForwardOperation {
  /// A vector and an image of one position lie alike; otherwise the order tells the axes apart.
  package func hasChannelKernels(for operands: [Shape]) -> Bool {
    guard let result = try? resultShape(of: operands) else { return false }
    return operands[0].planeCount == 1 && result.planeCount == 1
  }

  package func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    planner.put(node.results[0], at: planner.place(node.operands[0]))
  }

  package func addGradient(to gradient: inout GradientBuilder) {
    guard let part = gradient.contribution(to: 0) else { return }
    gradient.add(AliasOperation(), operands: [gradient.resultGradient], results: [part])
    gradient.contribute(part, to: 0)
  }
}
