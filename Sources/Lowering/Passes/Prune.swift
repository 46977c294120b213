import IR

extension Graph {
  /// Takes out the nodes whose results nothing reads, the loss included.
  mutating func prune() {
    var read: Set<GraphValue> = [
      .activation(loss.operand), .activation(model.loss.operand),
    ]
    var kept: [Node] = []
    for node in nodes.reversed() {
      guard node.operation is InputOperation || node.results.contains(where: read.contains) else {
        prunedLayers.formUnion(node.layers)
        continue
      }
      read.formUnion(node.operands)
      kept.append(node)
    }
    nodes = kept.reversed()
  }
}
