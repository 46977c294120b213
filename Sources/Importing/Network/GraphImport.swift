import Diagnostics
import IR

/// From a graph to layers of the language.
package enum GraphImport {
  /// The network that `graph` is.
  ///
  /// - Parameters:
  ///   - sizes: The sizes of an input, batch left out, where the file leaves them open.
  ///   - rules: What the language has for ONNX's operators.
  ///   - library: The words of the language.
  /// - Throws: `Failure`, without a path, where the language has no words for a part of it.
  package static func network(
    of graph: ImportGraph, sizes: [String: [Int]], rules: ImportRules, library: Library
  ) throws(Failure) -> NetworkImport {
    do {
      var graph = graph
      var table = try NodeTable(graph)
      table.fold(opset: graph.opset)
      let notes = LabelEnds.trim(&graph, table)
      let plan = NodePlan(graph, table, rules, library)
      var network = NetworkImport(
        producer: graph.producer, opset: graph.opset, library: library,
        batch: try batch(of: graph.inputs))
      network.notes = notes
      for (name, tensor) in table.constants { network.values[name] = .constant(tensor) }
      try network.addInputs(graph, table, sizes, plan)
      for (index, node) in graph.nodes.enumerated() where plan.isNeeded[index] {
        try network.add(node, plan.steps[index], rules)
      }
      try network.addOutputs(graph)
      try network.simplify(rules.rewrites)
      network.takeScale()
      return network
    } catch let failure as ImportFailure {
      throw Failure(
        "\(failure.node.description) cannot be imported: \(failure.error.message)",
        help: failure.error.help)
    } catch let error as ImportError {
      throw Failure(error.message, help: error.help)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("cannot be imported: \(error)")
    }
  }

  /// The batch of the inputs, or what stands for one that is open.
  private static func batch(of inputs: [ImportInput]) throws -> Int {
    guard let first = inputs.first else {
      throw ImportError("the graph reads nothing", help: "a network needs an input")
    }
    for input in inputs where input.sizes.first != first.sizes.first {
      throw ImportError(
        "the inputs '\(first.name)' and '\(input.name)' have different first sizes, which are the batch"
      )
    }
    return (first.sizes.first ?? nil) ?? NetworkImport.openBatch
  }
}

/// What becomes of each node.
struct NodePlan {
  enum Step {
    case rule
    case activation(ActivationFinder.Match)
    case pattern(ImportPattern.Match)
  }

  let steps: [Step]
  /// Whether an output depends on it.
  let isNeeded: [Bool]
  /// The nodes that read a value.
  let readers: [String: [Int]]

  init(_ graph: ImportGraph, _ table: NodeTable, _ rules: ImportRules, _ library: Library) {
    let finder = ActivationFinder(library, table)
    let ofShapes = Self.ofShapes(graph, table)
    var steps = [Step](repeating: .rule, count: graph.nodes.count)
    var needed = Set(graph.outputs)
    var isNeeded = [Bool](repeating: false, count: graph.nodes.count)
    var readers: [String: [Int]] = [:]
    for (index, node) in graph.nodes.enumerated().reversed()
    where node.outputs.contains(where: needed.contains) {
      if node.outputs.allSatisfy({ table.constants[$0] != nil }) { continue }
      isNeeded[index] = true
      var read = node.inputs
      if node.isStandard,
        let match = rules.patterns[node.operation]?.lazy.compactMap({ $0.operand(node, table) })
          .first
      {
        steps[index] = .pattern(match)
        read = [match.operand]
      } else if !ofShapes.contains(node.outputs[0]), let match = finder.match(index) {
        steps[index] = .activation(match)
        read = [match.operand]
      }
      for name in read where !name.isEmpty {
        needed.insert(name)
        readers[name, default: []].append(index)
      }
    }
    self.steps = steps
    self.isNeeded = isNeeded
    self.readers = readers
  }

  /// The values that are computed of the shapes of others alone: constants once these are known.
  private static func ofShapes(_ graph: ImportGraph, _ table: NodeTable) -> Set<String> {
    var found: Set<String> = []
    for node in graph.nodes {
      let isOfShapes =
        node.operation == "Shape" || node.operation == "Size"
        || node.inputs.allSatisfy {
          $0.isEmpty || found.contains($0) || table.constants[$0] != nil
        }
      if isOfShapes { found.formUnion(node.outputs) }
    }
    return found
  }
}

extension NetworkImport {
  mutating func add(
    _ node: ImportNode, _ step: NodePlan.Step, _ rules: ImportRules
  ) throws(ImportFailure) {
    do {
      switch step {
      case .activation(let match):
        guard case .computed(let view)? = values[match.operand] else {
          throw ImportError("it reads '\(match.operand)', which nothing computes before it")
        }
        let x = try padded(view)
        let id = try layer(match.keyword, [.value(x.id)], match.arguments)
        values[node.outputs[0]] = .computed(x.with(id))
      case .pattern(let match):
        guard case .computed(let view)? = values[match.operand] else {
          throw ImportError("it reads '\(match.operand)', which nothing computes before it")
        }
        values[node.outputs[0]] = .computed(try match.add(view, &self))
      case .rule: try add(node, rules)
      }
    } catch let error as ImportError {
      throw ImportFailure(node, error)
    } catch {
      throw ImportFailure(node, ImportError("\(error)"))
    }
  }

  private mutating func add(_ node: ImportNode, _ rules: ImportRules) throws {
    let operands = try node.inputs.indices.map { try operand(node, $0) }
    let tensors = operands.map { operand in
      if case .constant(let tensor)? = operand { tensor } else { ImportTensor?.none }
    }
    let isKnown = zip(operands, tensors).allSatisfy { $0 == nil || $1 != nil }
    if isKnown, let folded = try ConstantFolding.fold(node, tensors, opset: opset) {
      define(node, folded.map(ImportedValue.constant))
      return
    }
    if case .computed(let view)? = operands.first ?? nil, node.isStandard,
      let made = shape(node, view)
    {
      define(node, [.constant(made)])
      return
    }
    guard node.isStandard, let rule = rules.rules[node.operation] else {
      throw ImportError(
        "the language has no such operation",
        help: "export the network without it, or write this part by hand")
    }
    define(node, try rule.add(node, &self))
  }

  /// What `Shape` and `Size` say of a value: the batch as it is, or what stands for it.
  private func shape(_ node: ImportNode, _ view: ImportedView) -> ImportTensor? {
    switch node.operation {
    case "Shape": ConstantFolding.shape(of: [batch] + view.sizes, node)
    case "Size": ImportTensor(shape: [], .integers([view.sizes.reduce(batch, &*)]))
    default: nil
    }
  }

  private mutating func define(_ node: ImportNode, _ results: [ImportedValue]) {
    for (name, value) in zip(node.outputs, results) where !name.isEmpty { values[name] = value }
  }
}
