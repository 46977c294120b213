/// A network as an ONNX file has it: what `bnc import` reads.
package struct ImportGraph: Sendable {
  /// What made the file, in its own words.
  package var producer: String
  /// The version of ONNX's operators.
  package var opset: Int
  package var inputs: [ImportInput]
  package var outputs: [String]
  /// In the order of the file.
  package var nodes: [ImportNode]
  /// The tensors that are part of it.
  package var tensors: [String: ImportTensor]

  package init(
    producer: String, opset: Int, inputs: [ImportInput], outputs: [String], nodes: [ImportNode],
    tensors: [String: ImportTensor]
  ) {
    self.producer = producer
    self.opset = opset
    self.inputs = inputs
    self.outputs = outputs
    self.nodes = nodes
    self.tensors = tensors
  }
}

/// What a graph reads.
package struct ImportInput: Hashable, Sendable {
  package var name: String
  /// Whether its numbers are bytes, and not floats.
  package var isBytes: Bool
  /// Its sizes, the batch first; nil for those that the file leaves open.
  package var sizes: [Int?]

  package init(name: String, isBytes: Bool, sizes: [Int?]) {
    self.name = name
    self.isBytes = isBytes
    self.sizes = sizes
  }
}

/// One operator at work in a graph.
package struct ImportNode: Hashable, Sendable {
  package var name: String
  /// ONNX's operator: `Conv`.
  package var operation: String
  /// Empty for ONNX's own operators.
  package var domain: String
  /// Names of values and tensors; empty for what is left out.
  package var inputs: [String]
  package var outputs: [String]
  package var attributes: [String: Attribute]

  package enum Attribute: Hashable, Sendable {
    case integer(Int)
    case integers([Int])
    case float(Double)
    case floats([Double])
    case text(String)
    case tensor(ImportTensor)
    /// What no operation of the language is made of: a graph, texts.
    case other
  }

  package init(
    name: String, operation: String, domain: String = "", inputs: [String], outputs: [String],
    attributes: [String: Attribute] = [:]
  ) {
    self.name = name
    self.operation = operation
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
  }

  /// Whether the operator is ONNX's own.
  package var isStandard: Bool { domain.isEmpty || domain == "ai.onnx" }

  /// How messages call it.
  package var description: String {
    let what = domain.isEmpty ? operation : "\(domain) \(operation)"
    return name.isEmpty
      ? "the node (\(what)) that makes '\(outputs.first ?? "")'" : "node '\(name)' (\(what))"
  }

  /// The name of input `index`; nil where it is left out.
  package func input(_ index: Int) -> String? {
    guard inputs.indices.contains(index), !inputs[index].isEmpty else { return nil }
    return inputs[index]
  }

  package func integer(_ name: String) -> Int? {
    if case .integer(let value)? = attributes[name] { value } else { nil }
  }

  package func integers(_ name: String) -> [Int]? {
    if case .integers(let values)? = attributes[name] { values } else { nil }
  }

  package func float(_ name: String) -> Double? {
    switch attributes[name] {
    case .float(let value)?: value
    case .integer(let value)?: Double(value)
    default: nil
    }
  }

  package func text(_ name: String) -> String? {
    if case .text(let value)? = attributes[name] { value } else { nil }
  }
}
