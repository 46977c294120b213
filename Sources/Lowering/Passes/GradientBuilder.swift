import IR

/// What an operation of the forward pass adds its gradient's nodes to.
package struct GradientBuilder {
  /// The node of the forward pass.
  package let node: Graph.Node
  /// The gradient of its last result.
  package let resultGradient: GraphValue
  package let model: Model
  /// Which operands' gradients are wanted.
  private let needed: Set<ValueID>
  /// Why a parameter's gradient is 0, if it is and need not be computed.
  private let reasonForZero: (TensorID) -> String?

  private(set) var nodes: [Graph.Node] = []
  private(set) var contributions: [(value: ValueID, part: GraphValue)] = []
  private(set) var learned: [TensorID] = []
  private(set) var zeroGradients: [TensorID: String] = [:]

  init(
    node: Graph.Node, resultGradient: GraphValue, model: Model, needed: Set<ValueID>,
    reasonForZero: @escaping (TensorID) -> String?
  ) {
    self.node = node
    self.resultGradient = resultGradient
    self.model = model
    self.needed = needed
    self.reasonForZero = reasonForZero
  }

  /// The layer whose operation this is.
  package var head: Int {
    guard let head = node.head else {
      fatalError("the gradient of no layer was asked for")
    }
    return head
  }

  /// The node's last result.
  package var result: GraphValue { node.results[node.results.count - 1] }

  /// The shape of one example's `value`, which is one of the forward pass.
  package func shape(of value: GraphValue) -> Shape {
    guard case .activation(let id) = value else { fatalError("\(value) has no shape of a value") }
    return model.shape(of: id)
  }

  /// The node's parameters, as they are before the step, without the slope of its activation.
  package var parameters: [GraphValue] { tensors.map { .parameter($0, version: 0) } }

  /// What they are: the layers' whose numbers are not the activation's.
  private var tensors: [TensorID] {
    let sloped = node.layers.filter {
      model.layers[$0].op.base is any SlopedActivation && $0 != head
    }
    return node.operands.compactMap {
      guard case .parameter(let tensor, _) = $0, !sloped.contains(tensor.layer) else { return nil }
      return tensor
    }
  }

  /// The value that is operand `position`.
  package func operand(_ position: Int) -> ValueID { node.activations[position] }

  /// What the layer contributes to the gradient of operand `position`; nil where nothing wants it.
  package func contribution(to position: Int) -> GraphValue? {
    let value = operand(position)
    return needed.contains(value)
      ? .contribution(value, layer: head, operand: position) : nil
  }

  /// Says that `part` is what the layer contributes to the gradient of operand `position`.
  package mutating func contribute(_ part: GraphValue, to position: Int) {
    contributions.append((operand(position), part))
  }

  /// The gradient of a parameter, if it is to be computed: a frozen one has none. Says so: it has to
  /// be among the results of a node then.
  package mutating func parameterGradient(_ tensor: TensorID) -> GraphValue? {
    if model.declaration(of: tensor).isFrozen { return nil }
    if let reason = reasonForZero(tensor) {
      zeroGradients[tensor] = reason
      return nil
    }
    learned.append(tensor)
    return .parameterGradient(tensor)
  }

  /// The gradients of all these that are to be computed.
  package mutating func parameterGradients() -> [GraphValue] {
    var gradients: [GraphValue] = []
    for tensor in tensors { gradients += [parameterGradient(tensor)].compactMap { $0 } }
    return gradients
  }

  /// Adds a node that takes a gradient through the activation which the node of the forward pass
  /// ends with.
  ///
  /// - Returns: The gradient of what the activation is applied to.
  package mutating func addActivationGradient(_ activation: Activation?) -> GraphValue {
    guard let activation, let last = node.layers.last else { return resultGradient }
    if let slope = activation.slope { return addGradient(of: slope, layer: last) }
    return addGradient(of: activation.function, layer: last)
  }

  /// The same of an activation whose slope is learned: one node makes the slope's gradient too.
  private mutating func addGradient(of slope: Activation.Slope, layer: Int) -> GraphValue {
    guard let operation = model.layers[layer].op.base as? any SlopedActivation else {
      fatalError("\(model.layers[layer].name) has no slope")
    }
    let before = GraphValue.intermediateGradient(.result(of: head))
    let dslope = parameterGradient(slope.tensor)
    add(
      operation.slopedGradient, layers: [layer],
      operands: [
        resultGradient, node.beforeActivation ?? result, .parameter(slope.tensor, version: 0),
      ],
      results: [dslope].compactMap { $0 } + [before])
    return before
  }

  /// The same of an activation that learns nothing: its slope says what is left of the gradient.
  private mutating func addGradient(of activation: ScalarFunction, layer last: Int) -> GraphValue {
    let function = activation.gradient
    if function.body == .variable("dy") { return resultGradient }
    // Where the result does not say the slope, the operation keeps what the activation is applied
    // to.
    let saved = activation.slopeOfResult == nil ? node.beforeActivation ?? result : result
    let before = GraphValue.intermediateGradient(.result(of: head))
    add(
      ElementwiseGradient(function: function), layers: [last],
      operands: function.parameters.count == 1 ? [resultGradient] : [resultGradient, saved],
      results: [before])
    return before
  }

  /// Adds the nodes of a product of operand 0 with the tensor `weight`, before `activation`: the
  /// operand's gradient from dy and the weight, the weight's from dy and the operand.
  ///
  /// - Returns: dy, the gradient before the activation.
  package mutating func addProduct(
    activation: Activation?, inputGradient: any GraphOperation,
    weightGradient: any GraphOperation
  ) -> GraphValue {
    let dy = addActivationGradient(activation)
    let weight = TensorID(layer: head, role: .weight)
    if let dx = contribution(to: 0) {
      add(inputGradient, operands: [dy, .parameter(weight, version: 0)], results: [dx])
      contribute(dx, to: 0)
    }
    if let dweight = parameterGradient(weight) {
      add(weightGradient, operands: [dy, .activation(operand(0))], results: [dweight])
    }
    return dy
  }

  /// Adds a node, unless it would make nothing.
  ///
  /// - Parameter layers: Whose work it is; by default all the node's.
  package mutating func add(
    _ operation: any GraphOperation, layers: [Int]? = nil, operands: [GraphValue],
    results: [GraphValue]
  ) {
    guard !results.isEmpty else { return }
    nodes.append(
      Graph.Node(operation, layers: layers ?? node.layers, operands: operands, results: results))
  }
}
