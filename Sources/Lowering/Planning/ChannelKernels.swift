import IR

/// A value whose channels are in the lanes.
package struct ChannelValue: Hashable, Sendable {
  package var buffer: BufferID
  package var layout: ChannelLayout

  package init(buffer: BufferID, layout: ChannelLayout) {
    self.buffer = buffer
    self.layout = layout
  }
}

extension KernelPlanner {
  /// A value whose channels are in the lanes; nil where its examples are.
  package func channels(_ value: GraphValue) -> ChannelValue? {
    guard views[value] == nil else { return nil }
    let buffer = place(value)
    guard case .channels(let layout) = buffers[buffer.index].layout else { return nil }
    return ChannelValue(buffer: buffer, layout: layout)
  }

  /// A new buffer for the result of `node`, channels in the lanes as its operand's.
  package mutating func makeChannelResult(of node: Graph.Node) -> ChannelValue {
    guard let head = node.layers.first, let tail = node.layers.last else {
      fatalError("the result of no layer was asked for")
    }
    _ = makeResult(of: tail, head: head)
    guard let value = channels(.activation(.result(of: tail))) else {
      fatalError("\(model.layers[tail].name) has other axes in the lanes than its operand")
    }
    return value
  }

  /// Says that the result of `node` is read where its operand lies, its channels in the lanes; false where
  /// it has to be stored.
  package mutating func putChannelView(of node: Graph.Node) -> Bool {
    guard let tail = node.layers.last, let result = node.results.last,
      layouts.part(of: .result(of: tail))?.role == .views
    else { return false }
    put(
      result, at: makeBuffer("\(model.layers[tail].name)_output", layouts[.result(of: tail)]))
    return true
  }

  /// Lets the buffers of values that are parts of others lie there.
  mutating func placeChannelParts() {
    for id in model.values {
      guard let part = layouts.part(of: id), let buffer = places[.activation(id)],
        let whole = places[.activation(part.whole)]
      else { continue }
      buffers[buffer.index].part = BufferPart(whole: whole, start: part.start, role: part.role)
    }
  }

  /// Vectors that `channels` numbers fill.
  package func vectors(_ channels: Int) -> Int { (channels + lanes - 1) / lanes }

  /// Adds the kernel of `node`, which reads its operands and writes its result: `conv1_forward`.
  package mutating func addForward(
    _ node: Graph.Node, _ tasks: Kernel.Tasks, _ spec: any KernelSpec, also effects: [Effect] = [],
    operations: Double
  ) {
    guard let head = node.head, let result = node.results.last else { return }
    let reads = node.operands.map { operand -> Effect in
      if case .parameter(let tensor, _) = operand { return .read(.parameter(tensor)) }
      return .read(place(operand))
    }
    add(
      "\(model.layers[head].name)_forward", layers: node.layers, .forward, tasks, spec,
      reads + effects + [.write(place(result))], operations: operations)
  }

  /// Multiply-adds below which a kernel runs on the calling thread: waking others takes longer.
  package static let aloneBelow = 1 << 20
  /// Multiply-adds of a task.
  package static let taskWork = 1 << 17

  /// The tasks of a kernel, on other threads where there is enough to do.
  package static func tasks(_ count: Int, isShared: Bool) -> Kernel.Tasks {
    count == 1 ? .serial : isShared ? .fixed(count) : .inTurn(count)
  }

  /// What brings the slopes of `activation`, which `node` ends with, into vectors of channels; nil where it
  /// has none.
  package mutating func slopes(of node: Graph.Node, _ activation: Activation?) -> PackedWeights? {
    activation?.slope == nil ? nil : packedWeights(of: node, folding: [], then: activation)
  }

  /// What `prepare` computes for the kernel of `node`, into which `steps` are folded.
  ///
  /// - Parameter activation: What the kernel applies, where it reads slopes in vectors of channels.
  package mutating func packedWeights(
    of node: Graph.Node, folding steps: [ChannelAffineStep], packing: PackedWeights.Packing? = nil,
    then activation: Activation? = nil, isPlain: Bool = false
  ) -> PackedWeights {
    guard let head = node.head else { fatalError("weights of no layer are packed") }
    let layer = model.layers[head]
    let hasBias = (layer.op.base as? any ProductOperation)?.hasBias ?? false
    return PackedWeights(
      name: claimName("\(layer.name)_prepare"), layer: head, members: node.layers,
      bias: hasBias ? TensorID(layer: head, role: .bias) : nil, steps: steps,
      slope: activation?.slope, channels: layer.shape.channels,
      vectors: vectors(layer.shape.channels), packing: packing,
      isPlain: isPlain)
  }
}
