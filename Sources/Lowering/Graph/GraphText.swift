import IR

extension Graph {
  /// The step as text, one node a line: what `bnc compile --emit training` prints.
  package var text: String {
    var lines = ["step of \(model.name)"]
    for node in nodes {
      let results = node.results.map(name).joined(separator: ", ")
      let operands = node.operands.map(name).joined(separator: ", ")
      let layers = node.layers.map { "." + model.layers[$0].name }.joined()
      let place = node.results.contains(where: views.contains) ? ", read where it lies" : ""
      lines.append("  \(results) = \(node.operation.label)\(layers)(\(operands))\(place)")
    }
    for layer in prunedLayers.sorted() {
      lines.append("  nothing reads \(model.layers[layer].name)")
    }
    for tensor in model.frozenParameters { lines.append("  \(name(tensor)) is frozen") }
    for (tensor, reason) in sortedZeroGradients {
      lines.append("  \(name(tensor)) has gradient 0: \(reason)")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The parameters whose gradient is 0, in the order of the layers.
  package var sortedZeroGradients: [(tensor: TensorID, reason: String)] {
    zeroGradients.sorted {
      ($0.key.layer, $0.key.role.rawValue) < ($1.key.layer, $1.key.role.rawValue)
    }.map { ($0.key, $0.value) }
  }

  private func name(_ tensor: TensorID) -> String {
    "\(model.layers[tensor.layer].name).\(tensor.role.rawValue)"
  }

  package func name(_ value: GraphValue) -> String {
    switch value {
    case .activation(let id): return model.name(of: id)
    case .gradient(let id): return "d(\(model.name(of: id)))"
    case .lossGradient(let id, let loss):
      return "d(\(model.name(of: id)) by loss\(Loss.suffix(loss)))"
    case .intermediateGradient(let id): return "d(\(model.name(of: id)))"
    case .contribution(let id, let layer, let operand):
      let user = model.layers[layer]
      let position = user.operands.count > 1 ? ".\(operand)" : ""
      return "d(\(model.name(of: id)) by \(user.name)\(position))"
    case .parameter(let tensor, let version): return name(tensor) + (version > 0 ? "'" : "")
    case .parameterGradient(let tensor): return "d(\(name(tensor)))"
    case .penalizedGradient(let tensor): return "d(\(name(tensor)) with penalties)"
    case .gradientSum(let tensor): return "sum of d(\(name(tensor)))"
    case .processSum(let tensor): return "d(\(name(tensor))) of all processes"
    case .bundle(let index): return "bundle \(index)"
    case .gradientFactor: return "factor of gradients"
    case .blockStatistics(let layer): return "\(model.layers[layer].name).blocks"
    case .statistics(let layer): return "\(model.layers[layer].name).batch"
    case .running(let layer, let version):
      return "\(model.layers[layer].name).running" + (version > 0 ? "'" : "")
    case .loss: return "loss"
    case .movedTarget(let index): return "\(model.targets[index].name) moved"
    }
  }
}
