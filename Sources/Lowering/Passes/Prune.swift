import IR

extension Graph {
  /// The layers that read each value, by its index, those left out that nothing reads in turn.
  var readers: [[Int]] { model.users.map { $0.filter { !prunedLayers.contains($0) } } }

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
