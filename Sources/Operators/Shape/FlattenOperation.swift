import IR
import Lowering

/// Nothing moves where the layout of the vector is the image's own: always with examples in the
/// lanes, and so of the gradient.
extension Flatten: LoweredOperation, ForwardOperation {
  package var readsChannelParts: ChannelReading { .numbersOfRows }
  package var makesChannelParts: Bool { true }

  package func hasChannelKernels(for operands: [Shape]) -> Bool { true }

  package func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head, let x = planner.channels(node.operands[0]),
      planner.layouts[.result(of: index)] != .channels(x.layout)
    else {
      planner.put(node.results[0], at: planner.place(node.operands[0]))
      return
    }
    let y = planner.makeChannelResult(of: node)
    planner.addForward(
      node, .serial,
      ChannelFlatten(input: x.layout, output: y.layout, x: x.buffer, y: y.buffer), operations: 0)
  }

  package func addGradient(to gradient: inout GradientBuilder) {
    guard let part = gradient.contribution(to: 0) else { return }
    gradient.add(AliasOperation(), operands: [gradient.resultGradient], results: [part])
    gradient.contribute(part, to: 0)
  }
}
