import IR

extension Graph {
  /// Lets the kernel that makes the gradient of an activation's result multiply it by the slope: the kernel
  /// of the layer after it, or the one that adds up what several layers contribute. The slope is then
  /// computed once, with the gradient still in registers, whatever reads it.
  mutating func fuseGradients() {
    var readers: [GraphValue: Int] = [:]
    for operand in nodes.flatMap(\.operands) { readers[operand, default: 0] += 1 }
    var makers: [GraphValue: Int] = [:]
    var fused: [Node] = []
    for node in nodes {
      guard let slope = node.operation as? ElementwiseGradient, let dy = node.operands.first,
        slope.function.parameters.count <= 2, readers[dy] == 1, let maker = makers[dy],
        var operation = fused[maker].operation as? any GradientOperation, operation.epilogue == nil
      else {
        if let last = node.results.last { makers[last] = fused.count }
        fused.append(node)
        continue
      }
      operation.epilogue = slope.function
      fused[maker].operation = operation
      fused[maker].layers += node.layers.filter { !fused[maker].layers.contains($0) }
      fused[maker].operands += node.operands.dropFirst()
      fused[maker].results.removeLast()
      fused[maker].results += node.results
    }
    nodes = fused
  }
}
