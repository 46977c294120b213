import IR

extension Graph {
  /// Lets the operation that makes a parameter's gradient move the parameter at once: the gradient
  /// is then never stored.
  ///
  /// Legal where nothing but the update reads the gradient (a norm over all gradients does, and a
  /// penalty), the optimizer moves each number by itself, and nothing that comes later reads the
  /// parameter as it was. That the kernels of the
  /// operation itself read the parameter before the one that moves it, is the operation's
  /// responsibility.
  mutating func fuseUpdates() {
    var readers: [GraphValue: Int] = [:]
    var lastReader: [GraphValue: Int] = [:]
    var makers: [GraphValue: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for operand in node.operands {
        readers[operand, default: 0] += 1
        if !(node.operation is ParameterUpdate) { lastReader[operand] = index }
      }
      for result in node.results { makers[result] = index }
    }
    var fused: Set<Int> = []
    for (index, node) in nodes.enumerated() {
      guard let update = node.operation as? ParameterUpdate,
        model.optimizer(of: update.tensor.role, in: update.tensor.layer).tensorStep == nil
      else { continue }
      let gradient = GraphValue.parameterGradient(update.tensor)
      guard node.operands.contains(gradient), readers[gradient] == 1, let maker = makers[gradient],
        lastReader[.parameter(update.tensor, version: 0), default: 0] <= maker,
        let place = nodes[maker].results.firstIndex(of: gradient)
      else { continue }
      nodes[maker].results[place] = .parameter(update.tensor, version: 1)
      fused.insert(index)
    }
    nodes = nodes.enumerated().filter { !fused.contains($0.offset) }.map(\.element)
  }
}
