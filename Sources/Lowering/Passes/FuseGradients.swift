import IR

extension Graph {
  /// Lets the kernel that makes the gradient of an activation's result multiply it by the slope:
  /// the kernel of the layer after it, be there a flattening between them, or the one that adds up
  /// what several layers contribute. The slope is computed once, with the gradient at hand,
  /// whatever reads it.
  mutating func fuseGradients() {
    var readers: [GraphValue: Int] = [:]
    for operand in nodes.flatMap(\.operands) { readers[operand, default: 0] += 1 }
    var makers: [GraphValue: Int] = [:]
    var aliases: [GraphValue: GraphValue] = [:]
    var merged: Set<Int> = []
    for (index, node) in nodes.enumerated() {
      if let last = node.results.last { makers[last] = index }
      if node.operation is AliasOperation, node.results.count == 1 {
        aliases[node.results[0]] = node.operands[0]
      }
      guard let slope = node.operation as? ElementwiseGradient, let dy = node.operands.first,
        readers[dy] == 1
      else { continue }
      // The same numbers under another name have the same maker.
      var made = dy
      var passed: [Int] = []
      while let original = aliases[made], readers[original] == 1, let alias = makers[made] {
        passed.append(alias)
        made = original
      }
      guard let maker = makers[made],
        var operation = nodes[maker].operation as? any GradientOperation, operation.epilogue == nil
      else { continue }
      operation.epilogue = slope.function
      nodes[maker].operation = operation
      nodes[maker].layers += node.layers.filter { !nodes[maker].layers.contains($0) }
      nodes[maker].operands += node.operands.dropFirst()
      nodes[maker].results[nodes[maker].results.count - 1] = node.results[0]
      makers[node.results[0]] = maker
      merged.formUnion(passed + [index])
    }
    nodes = nodes.enumerated().filter { !merged.contains($0.offset) }.map(\.element)
  }
}
