import IR

/// An operation that says what it is in ONNX: one node, or several that come to the same in
/// evaluation.
///
/// One that changes nothing in evaluation (`RandomOperation`) or moves nothing (`ViewOperation`)
/// need not say it.
package protocol ONNXOperation: Operation {
  /// Adds the layer's nodes.
  ///
  /// - Returns: The name of its result, which `layer.node` gave.
  /// - Throws: `ExportError` where ONNX has no words for it.
  func addONNX(to layer: inout ONNXLayer) throws -> String
}

/// A layer that becomes nodes of ONNX: what it reads, and where its nodes and tensors go.
package struct ONNXLayer {
  /// What it is called in the model.
  package let name: String
  /// The names of what it reads, and the shapes of one example.
  package let operands: [String]
  package let shapes: [Shape]
  /// The shape of one example's result.
  package let result: Shape
  private let declarations: [TensorDeclaration]
  private let values: (TensorDeclaration) throws -> [Double]
  /// What it has come to so far.
  private(set) var nodes: [ONNXNode] = []
  private(set) var tensors: [ONNXTensor] = []

  init(
    name: String, operands: [String], shapes: [Shape], result: Shape,
    declarations: [TensorDeclaration] = [],
    values: @escaping (TensorDeclaration) throws -> [Double] = { _ in [] }
  ) {
    self.name = name
    self.operands = operands
    self.shapes = shapes
    self.result = result
    self.declarations = declarations
    self.values = values
  }

  /// Adds a node.
  ///
  /// - Parameters:
  ///   - operation: ONNX's operator.
  ///   - inputs: What it reads; empty for what is left out.
  ///   - attributes: Its attributes; those that are nil are left out.
  /// - Returns: The name of its result.
  package mutating func node(
    _ operation: String, _ inputs: [String],
    _ attributes: KeyValuePairs<String, ONNXNode.Value?> = [:]
  ) -> String {
    node(
      operation, inputs,
      attributes: attributes.compactMap { name, value in
        value.map { ONNXNode.Attribute(name: name, value: $0) }
      })
  }

  /// Adds a node with a list of attributes.
  mutating func node(
    _ operation: String, _ inputs: [String], attributes: [ONNXNode.Attribute]
  ) -> String {
    let alike = nodes.count { $0.operation == operation }
    let output = "\(name)/\(operation)" + (alike == 0 ? "" : "_\(alike + 1)")
    nodes.append(
      ONNXNode(
        name: output, operation: operation, inputs: inputs, output: output, attributes: attributes)
    )
    return output
  }

  /// The name of the layer's parameter or statistic of `role`: what bnc calls it.
  ///
  /// - Parameter shape: Its shape where that is not the layer's own.
  package mutating func tensor(
    _ role: TensorDeclaration.Role, shape: [Int]? = nil
  ) throws -> String {
    guard let declared = declarations.first(where: { $0.role == role }) else {
      throw ExportError("it has no \(role.rawValue)")
    }
    let name = "\(self.name).\(declared.name)"
    return try add(name, shape ?? declared.shape, values(declared))
  }

  /// The numbers of the layer's parameter or statistic of `role`, in C order; nil where it has
  /// none.
  package func numbers(_ role: TensorDeclaration.Role) throws -> [Double]? {
    try declarations.first { $0.role == role }.map(values)
  }

  /// The name of a tensor of `numbers`, which is called `what` within the layer.
  package mutating func floats(
    _ what: String, _ numbers: [Double], shape: [Int]
  ) throws -> String {
    try add("\(name)/\(what)", shape, numbers)
  }

  /// The name of a single number.
  package mutating func number(_ number: Double) throws -> String {
    try add("\(name)/\(number)", [], [number])
  }

  /// The name of a row of whole numbers, which is called `what` within the layer.
  package mutating func integers(_ what: String, _ numbers: [Int]) -> String {
    let name = "\(self.name)/\(what)"
    let tensor = ONNXTensor(name: name, shape: [numbers.count], numbers: .integers(numbers))
    if !tensors.contains(tensor) { tensors.append(tensor) }
    return name
  }

  private mutating func add(_ name: String, _ shape: [Int], _ numbers: [Double]) throws -> String {
    let floats = numbers.map(Float.init)
    if let index = floats.firstIndex(where: { !$0.isFinite }), numbers[index].isFinite {
      throw ExportError("no float holds number \(index) of \(name), \(numbers[index])")
    }
    if !tensors.contains(where: { $0.name == name }) {
      tensors.append(ONNXTensor(name: name, shape: shape, numbers: .floats(floats)))
    }
    return name
  }

  /// Gives the result of the layer another name, where a node of it has that result.
  ///
  /// - Returns: Whether one has.
  mutating func rename(_ result: String, to name: String) -> Bool {
    guard let last = nodes.firstIndex(where: { $0.output == result }) else { return false }
    nodes[last].output = name
    nodes[last].name = name
    for index in nodes.indices {
      nodes[index].inputs = nodes[index].inputs.map { $0 == result ? name : $0 }
    }
    return true
  }
}

extension ONNXLayer {
  /// Operand `index` with axes of size 1 behind its own, so that ONNX, which counts axes from the
  /// last one, sees its channels where those of a value of `rank` axes are.
  package mutating func operand(_ index: Int, rank: Int) -> String {
    let own = shapes[index].dimensions.count
    guard own < rank else { return operands[index] }
    let axes = integers("axes_behind_\(own)", Array(own + 1...rank))
    return node("Unsqueeze", [operands[index], axes])
  }

  /// The shape of a row of numbers, one a channel, that goes with the layer's result.
  package var channelShape: [Int] {
    result.dimensions.enumerated().map { $0 == 0 ? $1 : 1 }
  }
}
