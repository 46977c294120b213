/// The nodes of a graph by what they make, and the constants.
package struct NodeTable: Sendable {
  package let nodes: [ImportNode]
  /// The node that makes a value.
  let makers: [String: Int]
  /// What is known before any shape is.
  var constants: [String: ImportTensor]

  /// - Throws: `ImportError` where a value is made twice, or is read before it is made.
  init(_ graph: ImportGraph) throws(ImportFailure) {
    nodes = graph.nodes
    constants = graph.tensors
    var makers: [String: Int] = [:]
    var known = Set(graph.tensors.keys).union(graph.inputs.map(\.name))
    let made = Set(graph.nodes.flatMap(\.outputs))
    for (index, node) in graph.nodes.enumerated() {
      for name in node.inputs where !name.isEmpty && !known.contains(name) {
        throw ImportFailure(
          node,
          ImportError(
            made.contains(name)
              ? "it reads '\(name)', which only a later node makes"
              : "it reads '\(name)', which nothing makes",
            help: "the file is damaged: export it anew"))
      }
      for name in node.outputs where !name.isEmpty {
        guard known.insert(name).inserted else {
          throw ImportFailure(
            node,
            ImportError(
              "it makes '\(name)', which is there already",
              help: "the file is damaged: export it anew"))
        }
        makers[name] = index
      }
    }
    self.makers = makers
  }

  /// The node that makes `name`; nil where it is an input or a constant.
  package func maker(of name: String?) -> ImportNode? {
    name.flatMap { makers[$0] }.map { nodes[$0] }
  }

  /// The single number that `name` is, if it is one.
  package func number(_ name: String?) -> Double? {
    guard let tensor = name.flatMap({ constants[$0] }), tensor.shape.count <= 1 else { return nil }
    return tensor.single
  }

  /// The whole numbers that `name` is, if it is constant.
  package func wholes(_ name: String?) -> [Int]? {
    name.flatMap { constants[$0] }.flatMap { try? $0.wholes() }
  }

  /// Works out the nodes of which all operands are known.
  mutating func fold(opset: Int) {
    for node in nodes {
      // What is wrong with one is said where it is needed.
      let operands = node.inputs.map { $0.isEmpty ? nil : constants[$0] }
      guard zip(node.inputs, operands).allSatisfy({ $0.isEmpty || $1 != nil }),
        node.operation == "Constant" || !node.inputs.isEmpty,
        let results = try? ConstantFolding.fold(node, operands, opset: opset)
      else { continue }
      for (name, tensor) in zip(node.outputs, results) { constants[name] = tensor }
    }
  }
}

/// Why a node cannot be imported.
struct ImportFailure: Error {
  let node: ImportNode
  let error: ImportError

  init(_ node: ImportNode, _ error: ImportError) {
    self.node = node
    self.error = error
  }
}
