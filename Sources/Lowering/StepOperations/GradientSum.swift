import IR

/// Adds up what several users contribute to one value's gradient.
struct GradientSum: GraphOperation {
  let label = "accumulate"
  let value: ValueID

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let parts = node.operands.enumerated().map { ("part\($0)", planner.place($1)) }
    let y = planner.makeGradient(node.results[0], of: value, by: "summed")
    let terms = parts.map { ScalarExpression.variable($0.0) }
    planner.addMap(
      "\(planner.model.name(of: value))_gradient_sum", node: node, .backward,
      terms.dropFirst().reduce(terms[0]) { $0 + $1 }, inputs: parts, result: ("y", y),
      title: .gradientSum(of: value), replaces: nil)
  }
}
