import Diagnostics

/// A checked model: a graph of layers in an order in which every operand comes before its users.
public struct Model: Hashable, Sendable {
  /// The model's name, an identifier.
  public var name: String
  /// What the network reads.
  public var input: Input
  /// What it is trained towards.
  public var target: Target
  /// The layers, operands before users. The result of layer `i` is the value `i + 1`.
  public var layers: [Layer]
  /// What is made small.
  public var loss: Loss
  /// How it is trained.
  public var training: Training

  /// A model of these parts; `Verifier.verify` says whether they fit together.
  public init(
    name: String, input: Input, target: Target, layers: [Layer], loss: Loss, training: Training
  ) {
    self.name = name
    self.input = input
    self.target = target
    self.layers = layers
    self.loss = loss
    self.training = training
  }

  /// The value `id`'s shape, batch left out.
  public func shape(of id: ValueID) -> Shape {
    id == .input ? input.shape : layers[id.layerIndex].shape
  }

  /// The value `id`'s name: the input's, or that of the layer that makes it.
  public func name(of id: ValueID) -> String {
    id == .input ? input.name : layers[id.layerIndex].name
  }

  /// The shapes of a layer's operands.
  public func operandShapes(of layer: Layer) -> [Shape] { layer.operands.map(shape(of:)) }
}

/// A value of the forward pass: the input, or a layer's result.
public struct ValueID: Hashable, Sendable, Comparable {
  /// 0 for the input, `i + 1` for the result of layer `i`.
  public var index: Int

  /// The model's input.
  public static let input = ValueID(index: 0)

  /// The result of layer `layer`.
  public static func result(of layer: Int) -> ValueID { ValueID(index: layer + 1) }

  /// The index of the layer that makes this value; -1 for the input.
  public var layerIndex: Int { index - 1 }

  public static func < (left: ValueID, right: ValueID) -> Bool { left.index < right.index }
}

/// `input image: [1, 28, 28]`
public struct Input: Hashable, Sendable {
  /// Its name in the model file.
  public var name: String
  /// The shape of one example.
  public var shape: Shape
  /// Where it stands.
  public var range: SourceRange

  /// An input of `shape`.
  public init(name: String, shape: Shape, range: SourceRange) {
    self.name = name
    self.shape = shape
    self.range = range
  }
}

/// `target digit: class(10)` or `target value: [1]`
public struct Target: Hashable, Sendable {
  /// Its name in the model file.
  public var name: String
  /// What one example's target is.
  public var kind: Kind
  /// Where it stands.
  public var range: SourceRange

  /// What one example's target is.
  public enum Kind: Hashable, Sendable {
    /// One of `count` classes: a whole number from 0 to `count - 1`.
    case classes(count: Int)
    /// Real numbers.
    case values(Shape)
  }

  /// A target of `kind`.
  public init(name: String, kind: Kind, range: SourceRange) {
    self.name = name
    self.kind = kind
    self.range = range
  }
}

/// One operator at work in the model.
public struct Layer: Hashable, Sendable {
  /// `as NAME`, or kind and ordinal: `conv1`.
  public var name: String
  /// What it computes.
  public var op: Op
  /// What it reads.
  public var operands: [ValueID]
  /// The shape of one example's result.
  public var shape: Shape
  /// Where it stands in the model file.
  public var range: SourceRange
  /// The name that `NAME = …` gave to the result, if the layer ends such a statement.
  public var valueName: String?

  /// A layer that reads `operands` and makes a value of `shape`.
  public init(
    name: String, op: Op, operands: [ValueID], shape: Shape, range: SourceRange,
    valueName: String? = nil
  ) {
    self.name = name
    self.op = op
    self.operands = operands
    self.shape = shape
    self.range = range
    self.valueName = valueName
  }
}
