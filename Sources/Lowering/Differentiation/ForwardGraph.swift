import IR

extension TrainingGraph {
  /// The forward pass of `model` alone, with nothing to train.
  package init(forwardOf model: Model) {
    self.init(model: model, nodes: [], zeroGradients: [:])
    nodes.append(Node(operation: .input, operands: [], results: [.activation(.input)]))
    for (index, layer) in model.layers.enumerated() {
      let parameters = layer.op.definition.parameters(of: model.operandShapes(of: layer)).map {
        GraphValue.parameter(TensorID(layer: index, role: $0.role), version: 0)
      }
      let running: [GraphValue] =
        layer.op.normalization == nil ? [] : [.running(layer: index, version: 0)]
      nodes.append(
        Node(
          operation: .forward(layer: index),
          operands: layer.operands.map { .activation($0) } + parameters + running,
          results: [.activation(.result(of: index))]))
    }
  }
}
