import IR

/// Adds up what several users contribute to one value's gradient.
struct GradientSum: GradientOperation {
  let label = "accumulate"
  let value: ValueID
  var epilogue: ScalarFunction?

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let epilogue = planner.epilogue(self, node)
    let terms = node.operands.dropLast(epilogue?.saved.count ?? 0)
    var inputs = terms.enumerated().map { ("part\($0)", planner.place($1)) }
    let parts = inputs.map { ScalarExpression.variable($0.0) }
    var sum = parts.dropFirst().reduce(parts[0]) { $0 + $1 }
    if let epilogue {
      inputs += zip(epilogue.savedNames, epilogue.saved)
      sum = .call(epilogue.function, [sum] + epilogue.savedNames.map(ScalarExpression.variable))
    }
    let y =
      epilogue == nil
      ? planner.makeGradient(node.results[0], of: value, by: "summed")
      : planner.makePart(node.results[0])
    planner.addMap(
      "\(planner.model.name(of: value))_gradient_sum", node: node, .backward, sum, inputs: inputs,
      result: ("y", y), title: .gradientSum(of: value, then: epilogue?.layer),
      replaces: nil)
  }
}
