import IR

extension TrainingGraph {
  /// The step that trains `model`, by reverse-mode differentiation at compile time.
  ///
  /// Batch norm stays one operation through differentiation: what it saves and how it differs
  /// between training and evaluation are its meaning. A gradient is taken only where a parameter
  /// needs it, or where `inspects` asks for all of them.
  package init(differentiating model: Model, inspects: Bool) {
    self.init(model: model, nodes: [], zeroGradients: [:])
    var differentiation = Differentiation(model: model, inspects: inspects)
    differentiation.forward()
    differentiation.backward()
    differentiation.update()
    nodes = differentiation.nodes
    zeroGradients = differentiation.zeroGradients
  }
}

/// The work of `TrainingGraph.init(differentiating:inspects:)`, from the first layer to the last and
/// back.
private struct Differentiation {
  let model: Model
  let inspects: Bool
  var nodes: [TrainingGraph.Node] = []
  var zeroGradients: [TensorID: String] = [:]
  /// The gradients of each value that its users have contributed so far.
  private var contributions: [ValueID: [GraphValue]] = [:]
  private var learned: [TensorID] = []
  private let needsGradient: [Bool]
  private let users: [[Int]]

  init(model: Model, inspects: Bool) {
    self.model = model
    self.inspects = inspects
    var needs = [inspects]
    for layer in model.layers {
      let owns = !layer.op.definition.parameters(of: model.operandShapes(of: layer)).isEmpty
      needs.append(owns || layer.operands.contains { needs[$0.index] })
    }
    needsGradient = needs
    users = model.users
  }

  mutating func forward() {
    nodes.append(.init(operation: .input, operands: [], results: [.activation(.input)]))
    for (index, layer) in model.layers.enumerated() {
      var results: [GraphValue] = [.activation(.result(of: index))]
      if layer.op.normalization != nil { results.append(.statistics(layer: index)) }
      nodes.append(
        .init(
          operation: .forward(layer: index),
          operands: layer.operands.map { .activation($0) } + parameters(of: index),
          results: results))
    }
  }

  mutating func backward() {
    nodes.append(
      .init(
        operation: .loss, operands: [.activation(model.loss.operand)],
        results: [.loss, .gradient(model.loss.operand)]))
    for index in model.layers.indices.reversed() { backward(layer: index) }
    if inspects { _ = gatherGradient(of: .input) }
  }

  /// The gradient of `value`, from its users' contributions; nil where nothing contributes.
  private mutating func gatherGradient(of value: ValueID) -> GraphValue? {
    var parts = contributions[value] ?? []
    if value == model.loss.operand { parts.insert(.gradient(value), at: 0) }
    guard parts.count > 1 else { return parts.first }
    if value == model.loss.operand {
      // The loss's own part goes by its name already; the sum takes the name of a contribution.
      let sum = GraphValue.contribution(value, layer: -1, operand: 0)
      nodes.append(.init(operation: .accumulate, operands: parts, results: [sum]))
      return sum
    }
    nodes.append(.init(operation: .accumulate, operands: parts, results: [.gradient(value)]))
    return .gradient(value)
  }

  private mutating func backward(layer index: Int) {
    let layer = model.layers[index]
    guard needsGradient[index + 1], let dy = gatherGradient(of: .result(of: index)) else { return }
    var results: [GraphValue] = []
    for (position, operand) in layer.operands.enumerated() where needsGradient[operand.index] {
      let part = GraphValue.contribution(operand, layer: index, operand: position)
      contributions[operand, default: []].append(part)
      results.append(part)
    }
    for tensor in tensors(of: index) {
      if !inspects, let reason = reasonForZeroGradient(tensor) {
        zeroGradients[tensor] = reason
        continue
      }
      results.append(.parameterGradient(tensor))
      learned.append(tensor)
    }
    var operands = [dy] + layer.operands.map { GraphValue.activation($0) } + parameters(of: index)
    if layer.op.normalization != nil { operands.append(.statistics(layer: index)) }
    nodes.append(.init(operation: .backward(layer: index), operands: operands, results: results))
  }

  mutating func update() {
    if !inspects {
      for tensor in learned {
        nodes.append(
          .init(
            operation: .update(tensor),
            operands: [.parameter(tensor, version: 0), .parameterGradient(tensor)],
            results: [.parameter(tensor, version: 1)]))
      }
    }
    for (index, layer) in model.layers.enumerated() where layer.op.normalization != nil {
      nodes.append(
        .init(
          operation: .moveStatistics(layer: index),
          operands: [.statistics(layer: index), .running(layer: index, version: 0)],
          results: [.running(layer: index, version: 1)]))
    }
  }

  private func tensors(of layer: Int) -> [TensorID] {
    let layerValue = model.layers[layer]
    return layerValue.op.definition.parameters(of: model.operandShapes(of: layerValue)).map {
      TensorID(layer: layer, role: $0.role)
    }
  }

  private func parameters(of layer: Int) -> [GraphValue] {
    tensors(of: layer).map { .parameter($0, version: 0) }
  }

  /// Why the gradient of `tensor` is exactly 0 while training, if it is.
  private func reasonForZeroGradient(_ tensor: TensorID) -> String? {
    let layer = model.layers[tensor.layer]
    if tensor.role == .gamma, case .batchNorm(let op) = layer.op, op.fixGamma {
      return "fix_gamma holds gamma"
    }
    guard tensor.role == .bias, let user = users[tensor.layer + 1].first,
      users[tensor.layer + 1].count == 1, model.loss.operand != .result(of: tensor.layer),
      model.layers[user].op.normalization != nil
    else { return nil }
    return "\(model.layers[user].name) subtracts the mean, and the bias with it"
  }
}

extension Model {
  /// The layers that read each value, by the value's index; a layer that reads it twice stands
  /// twice. The loss is not a layer.
  package var users: [[Int]] {
    var users = [[Int]](repeating: [], count: layers.count + 1)
    for (index, layer) in layers.enumerated() {
      for operand in layer.operands { users[operand.index].append(index) }
    }
    return users
  }
}
