import IR

// Where a network begins and ends.
extension NetworkImport {
  mutating func addInputs(
    _ graph: ImportGraph, _ table: NodeTable, _ given: [String: [Int]], _ plan: NodePlan
  ) throws {
    if let name = given.keys.sorted().first(where: { name in
      !graph.inputs.contains { $0.name == name }
    }) {
      throw ImportError(
        "there is no input '\(name)'",
        help: "the inputs are \(graph.inputs.map { "'\($0.name)'" }.joined(separator: ", "))")
    }
    let used = graph.inputs.filter { input in
      plan.readers[input.name] != nil || graph.outputs.contains(input.name)
    }
    guard !used.isEmpty else { throw ImportError("no output depends on an input") }
    for input in graph.inputs where !used.contains(input) {
      notes.append("the input '\(input.name)' is left out, for no output depends on it")
    }
    for input in used {
      let sizes = try sizes(of: input, given[input.name])
      // bnc's images have their channels first.
      let isChannelsLast =
        sizes.count == 3 && Self.movesChannelsFirst(input.name, graph, table, plan)
      let shape = isChannelsLast ? Shape([sizes[2], sizes[0], sizes[1]]) : Shape(sizes)
      let id = add(Entry(name: input.name, shape: shape, isBytes: input.isBytes))
      var view = ImportedView(id, shape)
      if isChannelsLast {
        view.axes = [1, 2, 0]
        notes.append(
          "'\(input.name)' has its channels first here, \(shape), and last in the file, \(Shape(sizes))"
        )
      }
      values[input.name] = .computed(view)
    }
  }

  /// Whether all that reads `name`, number by number, moves its last axis before the others then.
  private static func movesChannelsFirst(
    _ name: String, _ graph: ImportGraph, _ table: NodeTable, _ plan: NodePlan, depth: Int = 8
  ) -> Bool {
    guard depth > 0, !graph.outputs.contains(name), let readers = plan.readers[name] else {
      return false
    }
    return readers.allSatisfy { index in
      let node = table.nodes[index]
      if node.operation == "Transpose" { return node.integers("perm") == [0, 3, 1, 2] }
      guard ["Cast", "Identity", "Add", "Sub", "Mul", "Div"].contains(node.operation),
        node.inputs.allSatisfy({ $0 == name || (table.constants[$0]?.shape.count ?? 2) <= 1 })
      else { return false }
      return movesChannelsFirst(node.outputs[0], graph, table, plan, depth: depth - 1)
    }
  }

  private func sizes(of input: ImportInput, _ given: [Int]?) throws -> [Int] {
    let open = input.sizes.dropFirst()
    guard input.sizes.count > 1 else {
      throw ImportError(
        "the input '\(input.name)' has \(input.sizes.count) axes, and needs a batch and the sizes of an example"
      )
    }
    if let given, given.count != open.count {
      throw ImportError(
        "the input '\(input.name)' has \(open.count) sizes behind the batch, and \(given.count) are given"
      )
    }
    let sizes = try open.enumerated().map { index, size in
      guard let one = given?[index] ?? size else {
        throw ImportError(
          "the input '\(input.name)' leaves a size open, and a model has fixed ones",
          help: "give them without the batch: --shape \(input.name)=3,224,224")
      }
      if let size, size != one {
        throw ImportError("the input '\(input.name)' is of \(size) there, and not of \(one)")
      }
      guard Limits.dimension.contains(one) else {
        throw ImportError("the input '\(input.name)' has the size \(one)")
      }
      return one
    }
    guard Limits.ranks.contains(sizes.count),
      sizes.reduce(
        (1, false),
        {
          (
            $0.0.multipliedReportingOverflow(by: $1).partialValue,
            $0.1 || $0.0.multipliedReportingOverflow(by: $1).overflow
          )
        }
      ).1 == false,
      sizes.reduce(1, *) < Limits.elements
    else {
      throw ImportError(
        "the input '\(input.name)' is of \(Shape(sizes)), and the language has one to four sizes")
    }
    return sizes
  }

  mutating func addOutputs(_ graph: ImportGraph) throws {
    for name in graph.outputs {
      guard let value = values[name] else {
        throw ImportError(
          "the output '\(name)' is made by nothing", help: "the file is damaged: export it anew")
      }
      guard case .computed(var view) = value else {
        throw ImportError("the output '\(name)' is constant, and a network's depends on its input")
      }
      if view.axes == [1, 2, 0], view.margin == nil {
        notes.append("'\(name)' has its channels first here, \(view.shape), and last in the file")
      } else {
        view = try plain(view)
      }
      guard view.id.layer != nil else {
        throw ImportError("the output '\(name)' is an input, as it is")
      }
      if let same = outputs.first(where: { $0.id == view.id }) {
        notes.append("'\(name)' is '\(same.name)' once more, and left out")
        continue
      }
      outputs.append(Output(name: name, id: view.id, loss: "mean_squared_error"))
    }
    guard !outputs.isEmpty else { throw ImportError("the graph has no output") }
    for index in outputs.indices { end(index) }
  }

  /// Says what an output is trained with.
  private mutating func end(_ index: Int) {
    let output = outputs[index]
    guard let layer = layer(making: output.id) else { return }
    if let end = (layer.operation as? any NetworkEnd)?.endingLoss {
      outputs[index].loss = end.name
      guard end.isPart, users(of: output.id).isEmpty, let operand = layer.operands.first?.id,
        operand.layer != nil, !outputs.contains(where: { $0.id == operand })
      else { return }
      outputs[index].id = operand
      notes.append(
        "'\(output.name)' is what '\(layer.keyword)' reads, for the loss does what it did")
    } else if output.name.lowercased().hasSuffix("logits") {
      outputs[index].loss = "softmax_cross_entropy"
    }
  }

  /// Where all inputs are bytes, and all that reads them multiplies them by one number, the data
  /// are scaled in its place.
  mutating func takeScale() {
    guard inputs.allSatisfy(\.isBytes) else { return }
    var scale: Double?
    var readers: [Int] = []
    for index in layers.indices
    where layers[index].operands.contains(where: { $0.id.map { $0.layer == nil } ?? false }) {
      guard library.operation(of: "*")?.signature.keyword == layers[index].keyword,
        case .number(let number)? = layers[index].operands.last, scale ?? number == number,
        !outputs.contains(where: { $0.id == .result(of: index) })
      else { return }
      scale = number
      readers.append(index)
    }
    guard let scale else { return }
    for index in readers {
      if let operand = layers[index].operands[0].id { replace(.result(of: index), by: operand) }
    }
    dataScale = scale
    dropUnread()
  }
}
