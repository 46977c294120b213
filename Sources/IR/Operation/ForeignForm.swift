/// What an elementwise operation is called elsewhere. Where it is called nothing, its formula is
/// written out in additions, exponentials and the like.
package struct ForeignForm: Hashable, Sendable {
  /// One node of ONNX; nil where it has none for it.
  package var onnx: ONNX?
  /// A function of PyTorch, `F.relu`; nil where it has none for it.
  package var pytorch: String?
  /// What PyTorch's function takes after the operand: `0.01`, `approximate="tanh"`.
  package var pytorchArgument: String?

  package init(onnx: ONNX? = nil, pytorch: String? = nil, pytorchArgument: String? = nil) {
    self.onnx = onnx
    self.pytorch = pytorch
    self.pytorchArgument = pytorchArgument
  }

  /// One node of ONNX.
  package struct ONNX: Hashable, Sendable {
    /// Its operator: `LeakyRelu`.
    package var name: String
    /// Its attributes.
    package var attributes: [Attribute]
    /// Single numbers that it reads after the operand.
    package var numbers: [Double]

    package init(_ name: String, attributes: [Attribute] = [], numbers: [Double] = []) {
      self.name = name
      self.attributes = attributes
      self.numbers = numbers
    }
  }

  /// An attribute of a node.
  package struct Attribute: Hashable, Sendable {
    package let name: String
    package let value: Double

    package init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }
}
