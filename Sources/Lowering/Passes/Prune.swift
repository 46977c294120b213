import IR

extension Graph {
  /// The layers that read each value, those left out that nothing reads in turn.
  var readers: ValueTable<[Int]> { model.users.map { $0.filter { !prunedLayers.contains($0) } } }

  /// Takes out the nodes whose results nothing reads, the loss included.
  mutating func prune() {
    var read = Set((losses + model.losses).map { GraphValue.activation($0.operand) })
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
