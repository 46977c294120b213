import IR

/// A network in ONNX's words: what `bnc export --onnx` writes.
package struct ONNXGraph: Hashable, Sendable {
  /// The version of ONNX's operators: `Resize` of some axes alone is from this one on.
  package static let opset = 18

  package var name: String
  package var inputs: [ONNXValue] = []
  package var outputs: [ONNXValue] = []
  /// Operands before users.
  package var nodes: [ONNXNode] = []
  /// The tensors that nodes read besides, in the order in which they do.
  package var tensors: [ONNXTensor] = []
  /// The results of layers that are no outputs, for those who look at the graph.
  package var values: [ONNXValue] = []
  /// What else a user needs, by keys that begin with `bnc.`.
  package var metadata: [(key: String, text: String)] = []

  package init(name: String) { self.name = name }

  package static func == (left: Self, right: Self) -> Bool {
    left.name == right.name && left.inputs == right.inputs && left.outputs == right.outputs
      && left.nodes == right.nodes && left.tensors == right.tensors && left.values == right.values
      && left.metadata.elementsEqual(right.metadata, by: ==)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(nodes)
  }
}

/// A value of a graph: `[batch, sizes…]`.
package struct ONNXValue: Hashable, Sendable {
  package var name: String
  /// Whether its numbers are bytes, and not floats.
  package var isBytes: Bool
  /// The shape of one example.
  package var shape: Shape

  package init(name: String, isBytes: Bool = false, shape: Shape) {
    self.name = name
    self.isBytes = isBytes
    self.shape = shape
  }
}

/// A tensor that is part of a graph.
package struct ONNXTensor: Hashable, Sendable {
  package var name: String
  package var shape: [Int]
  package var numbers: Numbers

  package enum Numbers: Hashable, Sendable {
    case floats([Float])
    case integers([Int])
  }
}

/// One operator at work in a graph.
package struct ONNXNode: Hashable, Sendable {
  package var name: String
  /// ONNX's operator: `Conv`.
  package var operation: String
  /// Names of values and tensors; empty for what is left out.
  package var inputs: [String]
  package var output: String
  package var attributes: [Attribute]

  package struct Attribute: Hashable, Sendable {
    package var name: String
    package var value: Value
  }

  package enum Value: Hashable, Sendable {
    case integer(Int)
    case integers([Int])
    case float(Double)
    case text(String)
  }
}
