import IR

/// An operation of the forward pass whose kernel stores each number of its result once, and can take it
/// through the activation after it: of a pool, of numbers that are moved or lie between others.
package protocol StoringOperation: ForwardOperation {
  /// What each number goes through as it is stored.
  var activation: Activation? { get set }
  /// Whether a gradient is taken. Where it cannot tell the activation's slope from its result, what that
  /// is applied to is stored too.
  var trains: Bool { get set }
  /// Whether the numbers are stored at all, and not read where they are.
  var stores: Bool { get }
}

extension StoringOperation {
  package var stores: Bool { true }

  package var keepsIntermediate: Bool { trains && (activation?.needsOperand ?? false) }

  package func absorbing(
    _ next: any Operation, from operand: Shape, to result: Shape, layer: Int
  ) -> (any ForwardOperation)? {
    guard activation == nil, stores, let activation = Activation(next, layer: layer) else {
      return nil
    }
    var whole = self
    whole.activation = activation
    return whole
  }

  /// Adds the gradient of the activation, whose slope learns whatever its operand does.
  ///
  /// - Returns: The gradient of the numbers before it, and where that of the only operand goes; nil where
  ///   nothing wants that.
  package func addActivationGradient(
    to gradient: inout GradientBuilder
  ) -> (dy: GraphValue, dx: GraphValue)? {
    let dx = gradient.contribution(to: 0)
    if dx == nil, activation?.slope == nil { return nil }
    let dy = gradient.addActivationGradient(activation)
    return dx.map { (dy, $0) }
  }

  /// The same where nothing trains.
  package var evaluating: Self {
    var whole = self
    whole.trains = false
    return whole
  }
}

extension KernelPlanner {
  /// New buffers for the result of `node`, and for what its activation is applied to, where that is kept.
  package mutating func makeStored(
    by operation: some StoringOperation, _ node: Graph.Node
  ) -> StoredResult {
    guard let head = node.head, let tail = node.layers.last else {
      fatalError("no layer stores a result")
    }
    let before = operation.keepsIntermediate ? makeIntermediate(of: node) : nil
    return StoredResult(
      activation: operation.activation, before: before,
      y: makeResult(of: tail, head: before == nil ? head : tail))
  }
}

/// The result of a kernel whose numbers go through an activation as they are stored.
package struct StoredResult: Hashable, Sendable {
  package var activation: Activation?
  /// What the activation is applied to, where that is stored too.
  package var before: BufferID?
  package var y: BufferID

  package init(activation: Activation? = nil, before: BufferID? = nil, y: BufferID) {
    self.activation = activation
    self.before = before
    self.y = y
  }

  /// What the kernel does besides reading its operands.
  package var effects: [Effect] {
    activation.effects + [before, y].compactMap { $0.map { .write($0) } }
  }

  /// How its numbers are stored, as C.
  package var stored: StoredValue { StoredValue(activation, keeps: before != nil) }

  /// C for where they go.
  package func arguments(_ names: CodegenContext, from start: Int = 0) -> [String] {
    [before, y].compactMap { $0.map { names.lanes($0) + (start > 0 ? " + \(start)" : "") } }
  }
}
