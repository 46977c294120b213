import Diagnostics

/// A checked model: a graph of layers in an order in which every operand comes before its users.
package struct Model: Hashable, Sendable {
  /// The model's name, an identifier.
  package var name: String
  /// What the network reads.
  package var input: Input
  /// What it is trained towards.
  package var target: Target
  /// The layers, operands before users. The result of layer `i` is the value `i + 1`.
  package var layers: [Layer]
  /// The loss, whose gradient is taken.
  package var loss: Loss
  /// What is added to the loss for the parameters.
  package var penalties: [Penalty]
  /// How it is trained.
  package var training: Training

  /// A model of these parts; `Verifier.verify` says whether they fit together.
  package init(
    name: String, input: Input, target: Target, layers: [Layer], loss: Loss,
    penalties: [Penalty] = [], training: Training
  ) {
    self.name = name
    self.input = input
    self.target = target
    self.layers = layers
    self.loss = loss
    self.penalties = penalties
    self.training = training
  }

  /// The value `id`'s shape, batch left out.
  package func shape(of id: ValueID) -> Shape {
    id == .input ? input.shape : layers[id.layerIndex].shape
  }

  /// The value `id`'s name: the input's, or that of the layer that makes it.
  package func name(of id: ValueID) -> String {
    id == .input ? input.name : layers[id.layerIndex].name
  }

  /// The shapes of a layer's operands.
  package func operandShapes(of layer: Layer) -> [Shape] { layer.operands.map(shape(of:)) }
}

extension Model {
  /// The input and the results of all layers, operands before users.
  package var values: [ValueID] { [.input] + layers.indices.map(ValueID.result) }

  /// The layers that read each value, by the value's index; a layer that reads it twice stands
  /// twice. The loss is not a layer.
  package var users: [[Int]] {
    var users = [[Int]](repeating: [], count: layers.count + 1)
    for (index, layer) in layers.enumerated() {
      for operand in layer.operands { users[operand.index].append(index) }
    }
    return users
  }

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

/// A value of the forward pass: the input, or a layer's result.
package struct ValueID: Hashable, Sendable, Comparable {
  /// 0 for the input, `i + 1` for the result of layer `i`.
  package var index: Int

  /// The model's input.
  package static let input = ValueID(index: 0)

  /// The result of layer `layer`.
  package static func result(of layer: Int) -> ValueID { ValueID(index: layer + 1) }

  /// The index of the layer that makes this value; -1 for the input.
  package var layerIndex: Int { index - 1 }

  package static func < (left: ValueID, right: ValueID) -> Bool { left.index < right.index }
}

/// `input image: [1, 28, 28]`
package struct Input: Hashable, Sendable {
  /// Its name in the model file.
  package var name: String
  /// The shape of one example.
  package var shape: Shape
  /// Where it stands.
  package var range: SourceRange

  /// An input of `shape`.
  package init(name: String, shape: Shape, range: SourceRange) {
    self.name = name
    self.shape = shape
    self.range = range
  }
}

/// `target digit: class(10)` or `target value: [1]`
package struct Target: Hashable, Sendable {
  /// Its name in the model file.
  package var name: String
  /// What one example's target is.
  package var kind: Kind
  /// Where it stands.
  package var range: SourceRange

  /// What one example's target is.
  package enum Kind: Hashable, Sendable {
    /// One of `count` classes, a whole number from 0 to `count - 1`; at each position of a shape
    /// where there is one.
    case classes(count: Int, positions: [Int] = [])
    /// Real numbers.
    case values(Shape)

    /// How many classes there are; 0 where the target is real values.
    package var classCount: Int { if case .classes(let count, _) = self { count } else { 0 } }

    /// Numbers, or classes, of one example.
    package var elementCount: Int {
      switch self {
      case .classes(_, let positions): positions.reduce(1, *)
      case .values(let shape): shape.elementCount
      }
    }
  }

  /// A target of `kind`.
  package init(name: String, kind: Kind, range: SourceRange) {
    self.name = name
    self.kind = kind
    self.range = range
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
