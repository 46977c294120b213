import Diagnostics

/// A checked model: a graph of layers in an order in which every operand comes before its users.
package struct Model: Hashable, Sendable {
  /// The model's name, an identifier.
  package var name: String
  /// What the network reads, at least one.
  package var inputs: [Input]
  /// What it is trained towards, at least one.
  package var targets: [Target]
  /// The layers, operands before users.
  package var layers: [Layer]
  /// What is added up to the loss, whose gradient is taken: at least one, all of one reduction.
  package var losses: [Loss]
  /// What is added to the losses for the parameters.
  package var penalties: [Penalty]
  /// How it is trained.
  package var training: Training

  /// A model of these parts; `Verifier.verify` says whether they fit together.
  package init(
    name: String, inputs: [Input], targets: [Target], layers: [Layer], losses: [Loss],
    penalties: [Penalty] = [], training: Training
  ) {
    self.name = name
    self.inputs = inputs
    self.targets = targets
    self.layers = layers
    self.losses = losses
    self.penalties = penalties
    self.training = training
  }

  /// The value `id`'s shape, batch left out.
  package func shape(of id: ValueID) -> Shape {
    switch id {
    case .input(let index): inputs[index].shape
    case .result(let layer): layers[layer].shape
    }
  }

  /// The value `id`'s name: an input's, or that of the layer that makes it.
  package func name(of id: ValueID) -> String {
    switch id {
    case .input(let index): inputs[index].name
    case .result(let layer): layers[layer].name
    }
  }

  /// The name of an output: what the model file calls it, or the layer that makes it.
  package func outputName(_ id: ValueID) -> String {
    id.layer.flatMap { layers[$0].valueName } ?? name(of: id)
  }

  /// What an inspected step has the value under: `conv1.output`, an input by its own name.
  package func inspectedName(of id: ValueID) -> String {
    id.layer == nil ? name(of: id) : "\(name(of: id)).output"
  }

  /// The value whose numbers, in the same order, a view of it is; the value itself where it is none.
  package func viewed(_ id: ValueID) -> ValueID {
    guard let layer = id.layer, layers[layer].op.base is any ViewOperation else { return id }
    return viewed(layers[layer].operands[0])
  }

  /// The shapes of a layer's operands.
  package func operandShapes(of layer: Layer) -> [Shape] { layer.operands.map(shape(of:)) }
}

extension Model {
  /// The inputs and the results of all layers, operands before users.
  package var values: [ValueID] {
    inputs.indices.map(ValueID.input) + layers.indices.map(ValueID.result)
  }

  /// The layers that read each value; a layer that reads it twice stands twice. A loss is not a
  /// layer.
  package var users: ValueTable<[Int]> {
    var users = ValueTable(of: self) { _ in [Int]() }
    for (index, layer) in layers.enumerated() {
      for operand in layer.operands { users[operand].append(index) }
    }
    return users
  }

  /// What the network's callers are given: the values that the losses read, in the losses' order.
  package var outputs: [ValueID] {
    losses.reduce(into: []) { outputs, loss in
      if !outputs.contains(loss.operand) { outputs.append(loss.operand) }
    }
  }

  /// How the examples' losses become one number.
  package var reduction: Loss.Reduction { losses[0].reduction }

  /// What layer `index` learns, or would if it were not frozen.
  package func parameters(of index: Int) -> [TensorDeclaration] {
    let layer = layers[index]
    return layer.op.base.parameters(of: operandShapes(of: layer)).map { parameter in
      var parameter = parameter
      parameter.isFrozen = layer.frozen.contains(parameter.role)
      return parameter
    }
  }

  /// What layer `index` keeps but does not learn.
  package func state(of index: Int) -> [TensorDeclaration] {
    layers[index].op.base.state(of: operandShapes(of: layers[index]))
  }
}

/// One operator at work in the model.
package struct Layer: Hashable, Sendable {
  /// `as NAME`, or kind and ordinal: `conv1`.
  package var name: String
  /// What it computes.
  package var op: AnyOperation
  /// What it reads.
  package var operands: [ValueID]
  /// The shape of one example's result.
  package var shape: Shape
  /// Where it stands in the model file.
  package var range: SourceRange
  /// The name that `NAME = …` gave to the result, if the layer ends such a statement.
  package var valueName: String?
  /// The parameters that do not learn because the model says so.
  package var frozen: Set<TensorDeclaration.Role> = []

  /// A layer that reads `operands` and makes a value of `shape`.
  package init(
    name: String, op: any Operation, operands: [ValueID], shape: Shape, range: SourceRange,
    valueName: String? = nil
  ) {
    self.name = name
    self.op = AnyOperation(op)
    self.operands = operands
    self.shape = shape
    self.range = range
    self.valueName = valueName
  }
}
