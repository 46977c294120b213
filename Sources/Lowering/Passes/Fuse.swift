import IR

extension Graph {
  /// Layers of one kernel at most. A chain of activations is one expression, and functions of
  /// expressions call themselves as often as these are deep: thousands would not fit on the stack.
  private static let longestChain = 32

  /// Lets operations absorb the ones that follow them, wherever both have one kernel: a
  /// normalization the factor and offset, the activation and the pool after it, a convolution the
  /// activation.
  ///
  /// A layer joins the one before it only if nothing else reads the value between them, the loss
  /// included: that value is then never stored, unless the gradient needs it. One that may overflow joins
  /// only where it is stored: else nobody could say which of the two made a number infinite.
  ///
  /// - Parameter joins: Whether operations may also put their result together with another value.
  mutating func fuse(joining joins: Bool = false) {
    let users = readers
    let ends = (losses + model.losses).map(\.operand)
    var absorbed: Set<Int> = []
    var fused: [Node] = []
    for node in nodes {
      if let head = node.head, absorbed.contains(head) { continue }
      fused.append(node)
      guard var operation = node.operation as? any ForwardOperation, var tail = node.layers.last
      else { continue }
      let last = fused.count - 1
      while fused[last].layers.count < Self.longestChain,
        users[.result(of: tail)].count == 1, !ends.contains(.result(of: tail))
      {
        let next = users[.result(of: tail)][0]
        let layer = model.layers[next]
        let second = joins ? second(of: next, beside: tail, after: fused) : nil
        let absorbing =
          layer.operands.count == 1
          ? operation.absorbing(
            layer.op.base, from: model.layers[tail].shape, to: layer.shape, layer: next)
          : second.flatMap(operation.absorbing)
        guard let whole = absorbing,
          whole.keepsIntermediate || layer.op.base.activation?.mayOverflow != true
        else { break }
        if let second { fused[last].operands.append(.activation(second.value)) }
        operation = whole
        absorbed.insert(next)
        fused[last].operation = whole
        fused[last].layers.append(next)
        fused[last].operands += model.parameterIDs(of: next).map { .parameter($0, version: 0) }
        if !whole.keepsIntermediate { fused[last].results.removeLast() }
        fused[last].results.append(.activation(.result(of: next)))
        tail = next
      }
    }
    nodes = fused
    gatherStatistics()
  }

  /// What layer `index`, an operation of two values of one shape, puts together with the result of
  /// layer `tail`, the last of `nodes`, if an earlier one has made it.
  private func second(of index: Int, beside tail: Int, after nodes: [Node]) -> SecondOperand? {
    let layer = model.layers[index]
    guard let operation = layer.op.base as? any ElementwiseOperation, layer.operands.count == 2,
      let position = layer.operands.firstIndex(where: { $0 != .result(of: tail) }),
      layer.operands.allSatisfy({ model.shape(of: $0) == layer.shape }),
      nodes.dropLast().contains(where: {
        $0.results.contains(.activation(layer.operands[position]))
      })
    else { return nil }
    return SecondOperand(
      value: layer.operands[position], function: operation.function,
      isFirst: position == 0 && !operation.function.isSymmetric)
  }

  /// Lets the operation before a normalization gather its statistics while it stores its result.
  private mutating func gatherStatistics() {
    for (index, node) in nodes.enumerated() {
      guard let reader = node.operation as? any ForwardOperation, reader.usesBatchStatistics,
        let value = node.operands.first,
        let producer = nodes[..<index].firstIndex(where: { $0.results.last == value }),
        let operation = nodes[producer].operation as? any ForwardOperation,
        operation.gathersStatistics, let layer = nodes[producer].head
      else { continue }
      let statistics = GraphValue.blockStatistics(layer: layer)
      if !nodes[producer].results.contains(statistics) {
        nodes[producer].results.insert(statistics, at: 0)
      }
      nodes[index].operands.append(statistics)
    }
  }
}

extension ScalarFunction {
  /// Whether it is the same whichever of its two operands comes first, to the last bit: one function in the C
  /// then serves for both.
  fileprivate var isSymmetric: Bool {
    let operands = parameters.map(ScalarExpression.variable)
    guard operands.count == 2 else { return false }
    return [.add, .multiply].contains { body == .binary($0, operands[0], operands[1]) }
  }
}
