import IR

extension Elementwise: LoweredOperation {
  package var forwardOperation: any ForwardOperation { ElementwiseMap(function, trains: true) }
  package var evaluationOperation: any ForwardOperation { ElementwiseMap(function, trains: false) }
}

/// Elementwise operations, one after the other, as one: a scalar expression of the operands, and an
/// activation whose slope is learned after it.
package struct ElementwiseMap: ForwardOperation, ViewReadingOperation {
  /// The value, a chain of calls.
  package let expression: ScalarExpression
  /// The operands' names in it.
  package let operands: [String]
  /// What the value goes through, if its slope is learned; any other is part of the expression.
  private var activation: Activation?
  /// Whether a gradient is taken.
  private let trains: Bool

  package init(_ function: ScalarFunction, trains: Bool) {
    operands = function.parameters
    expression = .call(function, operands.map(ScalarExpression.variable))
    self.trains = trains
  }

  private init(_ expression: ScalarExpression, of map: ElementwiseMap) {
    self.expression = expression
    (operands, trains) = (map.operands, map.trains)
  }

  package var keepsIntermediate: Bool { trains && activation != nil }

  package func absorbing(
    _ next: any Operation, from operand: Shape, to result: Shape, layer: Int
  ) -> (any ForwardOperation)? {
    guard activation == nil else { return nil }
    if let next = next as? any ElementwiseOperation, next.function.parameters.count == 1 {
      return ElementwiseMap(.call(next.function, [expression]), of: self)
    }
    guard let activation = Activation(next, layer: layer), activation.slope != nil else {
      return nil
    }
    var whole = self
    whole.activation = activation
    return whole
  }

  package var readsChannelParts: ChannelReading { .vectors }
  package var makesChannelParts: Bool { true }

  /// Of values of one shape, and of one position for all the others'.
  package func hasChannelKernels(for operands: [Shape]) -> Bool {
    guard let whole = Shape.broadcast(operands) else { return false }
    return operands.allSatisfy {
      $0 == whole || $0.channels == whole.channels && $0.planeCount == 1
    }
  }

  package func readsInPlace(_ position: Int) -> Bool { true }

  package func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let head = node.head, let tail = node.layers.last else { return }
    let values = node.activations.compactMap { planner.channels(.activation($0)) }
    if values.count == operands.count {
      planner.addChannelMap(node, expression, then: activation, zip(operands, values))
      return
    }
    let inputs = zip(operands, node.activations).map { name, value in
      planner.input(name, .activation(value), shape: planner.model.shape(of: value))
    }
    let (name, shape) = (planner.model.layers[head].name, planner.model.layers[tail].shape)
    let before = keepsIntermediate ? planner.makeIntermediate(of: node) : nil
    let y = planner.makeResult(of: tail, head: before == nil ? head : tail)
    if activation == nil, inputs.allSatisfy({ $0.shape == shape && $0.view == nil }) {
      planner.addMap(
        "\(name)_forward", node: node, .forward, expression,
        inputs: inputs.map { ($0.name, $0.buffer) }, result: ("y", y), replaces: inputs[0].buffer)
    } else {
      planner.addBroadcast(
        "\(name)_forward", node: node, .forward, expression, inputs: inputs, result: ("y", y),
        shape: shape, then: activation, keeping: before)
    }
  }

  package func addGradient(to gradient: inout GradientBuilder) {
    let dy = gradient.addActivationGradient(activation)
    var made: [(slope: ScalarExpression, shape: Shape, part: GraphValue)] = []
    let whole = gradient.shape(of: gradient.result)
    for (position, operand) in operands.enumerated() {
      guard let part = gradient.contribution(to: position) else { continue }
      let shape = gradient.model.shape(of: gradient.operand(position))
      let product = (.variable("dy") * slope(by: operand)).simplified
      let source = made.first { $0.slope == product && $0.shape == shape }?.part
      if product == .variable("dy") && shape == whole || source != nil {
        // The same numbers serve.
        gradient.add(
          AliasOperation(), operands: [source ?? dy], results: [part])
      } else {
        addSlope(product, of: dy, by: shape, part, to: &gradient)
        made.append((product, shape, part))
      }
      gradient.contribute(part, to: position)
    }
  }

  /// Adds the node that makes `part`, the gradient by an operand of `shape`, of `product`.
  private func addSlope(
    _ product: ScalarExpression, of dy: GraphValue, by shape: Shape, _ part: GraphValue,
    to gradient: inout GradientBuilder
  ) {
    let value = activation == nil ? nil : gradient.node.beforeActivation
    let used = product.variables.filter { $0 != "dy" }
    let values = used.map { name in
      operands.firstIndex(of: name).map { .activation(gradient.operand($0)) } ?? value
        ?? gradient.result
    }
    let function = ScalarFunction("\(name)_gradient", ["dy"] + used, product)
    let whole = gradient.shape(of: gradient.result)
    let shapes = [whole] + values.map(gradient.shape)
    let operation: any GraphOperation =
      (shapes + [shape]).allSatisfy { $0 == whole }
      ? ElementwiseGradient(function: function)
      : BroadcastGradient(function: function, shapes: shapes, whole: whole, operand: shape)
    gradient.add(operation, operands: [dy] + values, results: [part])
  }

  /// The slope by an operand: in terms of the result `y` where that says it, else of the operands.
  private func slope(by operand: String) -> ScalarExpression {
    guard case .call(let function, let arguments) = expression, arguments.count == 1 else {
      return expression.derivative(by: operand)
    }
    return function.slope(at: arguments[0]) * arguments[0].derivative(by: operand)
  }

  /// The name of the last function that has one.
  private var name: String { expression.functions.last { !$0.isWrittenInPlace }?.name ?? "map" }
}

extension ScalarFunction {
  /// The slope of a function of one number: in terms of its result, `y`, where that says it, else
  /// at `argument`.
  package func slope(at argument: ScalarExpression) -> ScalarExpression {
    slopeOfResult ?? body.derivative(by: parameters[0]).substituting([parameters[0]: argument])
  }

  /// The slope of a function of one number in terms of its result, `y`; nil where the number itself
  /// is needed.
  package var slopeOfResult: ScalarExpression? {
    body.derivative(by: parameters[0]).inTermsOfResult(
      "y", of: body, operand: parameters[0])
  }

  /// What becomes of the gradient `dy` of this function's result: a function of it and of the
  /// result `y`, or of the operand where the result does not say the slope; of `dy` alone where the
  /// slope is a number.
  package var gradient: ScalarFunction {
    let saved = slopeOfResult == nil ? parameters[0] : "y"
    let slope = slopeOfResult ?? body.derivative(by: parameters[0])
    let product = (.variable("dy") * slope).simplified
    return ScalarFunction(
      "\(name)_gradient", ["dy"] + [saved].filter(product.variables.contains), product)
  }

  /// The same in terms of the operand alone, for kernels that have it at hand.
  package var gradientOfOperand: ScalarFunction {
    ScalarFunction(
      "\(name)_gradient", ["dy", parameters[0]],
      (.variable("dy") * body.derivative(by: parameters[0])).simplified)
  }
}

/// The gradient of an elementwise operation by one operand: a function of dy and of what it needs
/// of the operands and the result.
package struct ElementwiseGradient: ViewReadingOperation {
  package let label = "gradient"
  package let function: ScalarFunction

  package init(function: ScalarFunction) { self.function = function }

  package func readsInPlace(_ position: Int) -> Bool { true }

  package func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let head = node.head, let result = node.results.first else { return }
    let layer = planner.model.layers[head]
    let inputs = zip(function.parameters, node.operands).map {
      planner.input($0, $1, shape: layer.shape)
    }
    let dx = planner.makePart(result)
    let expression = ScalarExpression.call(
      function, function.parameters.map(ScalarExpression.variable))
    if inputs.allSatisfy({ $0.view == nil }) {
      planner.addMap(
        "\(layer.name)_backward", node: node, .backward, expression,
        inputs: inputs.map { ($0.name, $0.buffer) }, result: ("dx", dx),
        replaces: inputs[0].buffer)
    } else {
      planner.addBroadcast(
        "\(layer.name)_backward", node: node, .backward, expression, inputs: inputs,
        result: ("dx", dx), shape: layer.shape)
    }
  }
}

/// Another name for the same numbers in the same order.
package struct AliasOperation: GraphOperation {
  package let label = "alias"

  package init() {}

  package func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let place = planner.place(node.operands[0])
    for result in node.results { planner.put(result, at: place) }
  }
}
