import IR

/// Where numbers of a value lie that are read in their place, and not brought together first: those of
/// a part of an axis.
package struct ValueView: Hashable, Sendable {
  /// The first number.
  package let start: Int
  /// How far numbers lie apart along each axis of the part.
  package let steps: [Int]
  /// Numbers of the whole value.
  package let count: Int

  package init(start: Int, steps: [Int], count: Int) {
    self.start = start
    self.steps = steps
    self.count = count
  }
}

/// An operation of the forward pass whose result can be read where its only operand lies.
package protocol ViewingOperation: ForwardOperation {
  /// Where, of an operand of `shape`; nil where it has to be stored.
  func view(of shape: Shape) -> ValueView?
}

/// An operation whose kernel reads numbers wherever they lie.
package protocol ViewReadingOperation: GraphOperation {
  /// Whether it so reads operand `position` of its node.
  func readsInPlace(_ position: Int) -> Bool
}

extension Graph {
  /// Lets the values that are parts of others be read in place where all that read them can do so.
  mutating func readInPlace() {
    var kept = Set(
      ((losses + model.losses).map(\.operand) + model.outputs).map(GraphValue.activation))
    for node in nodes {
      kept.formUnion(node.operands.filter { !node.readsInPlace($0) })
    }
    for node in nodes {
      guard let viewing = node.operation as? any ViewingOperation,
        node.operands.count == 1, case .activation(let operand) = node.operands[0],
        node.results.count == 1, !kept.contains(node.results[0]),
        viewing.view(of: model.shape(of: operand)) != nil
      else { continue }
      views.insert(node.results[0])
    }
  }
}

extension Graph.Node {
  /// Whether it reads `value` wherever that lies, or not at all.
  func readsInPlace(_ value: GraphValue) -> Bool {
    let reader = operation as? any ViewReadingOperation
    return operands.indices.allSatisfy { position in
      operands[position] != value || reader?.readsInPlace(position) == true
    }
  }
}

extension KernelPlanner {
  /// Says that the result of `node` is read where its operand lies.
  package mutating func putView(_ view: ValueView, of node: Graph.Node) {
    views[node.results[0]] = (place(node.operands[0]), view)
  }

  /// What a kernel reads as `name`: a value of `shape`, wherever its numbers lie.
  func input(_ name: String, _ value: GraphValue, shape: Shape) -> BroadcastInput {
    guard let (buffer, view) = views[value] else {
      return BroadcastInput(name: name, buffer: place(value), shape: shape)
    }
    return BroadcastInput(name: name, buffer: buffer, shape: shape, view: view)
  }
}
