import IR
import Lowering

extension KernelPlanner {
  /// The kernel of a convolution's forward pass.
  mutating func planConvolution(_ operation: ConvolutionOperation, _ node: Graph.Node) {
    guard let index = node.head, let tail = node.layers.last else { return }
    let op = operation.convolution
    let layer = model.layers[index]
    let x = place(.activation(layer.operands[0]))
    let input = model.shape(of: layer.operands[0])
    if let geometry = winograd(op, input: input, output: layer.shape) {
      return planWinograd(geometry, operation, node)
    }
    let pass = forwardPass(op, input: input, output: layer.shape)
    let second = operation.second.map { $0.placed(in: self) }
    let sums = operation.keepsIntermediate ? makeIntermediate(of: node) : nil
    let y = makeResult(of: tail, head: sums == nil ? index : tail)
    let partial = makeBlockStatistics(node, bands: pass.bands)
    let weight = TensorID(layer: index, role: .weight)
    let bias = op.hasBias ? TensorID(layer: index, role: .bias) : nil
    add(
      "\(layer.name)_forward", layers: node.layers, .forward, .perBlock(pass.tasks),
      ConvolutionForward(
        geometry: pass.geometry, tile: pass.tile, isDepthwise: pass.isDepthwise,
        bands: pass.bands,
        streams: streams(channels: input.channels, plane: input.planeCount),
        weight: weight, bias: bias, weights: plainWeights(of: node, folding: operation.folded),
        second: second,
        activation: operation.activation, x: x, sums: sums, y: y, partial: partial),
      [.read(x), .read(.parameter(weight))] + [bias].compactMap { $0.map { .read(.parameter($0)) } }
        + operation.activation.effects + [second].compactMap { $0.map { .read($0.buffer) } }
        + [sums, y, partial].compactMap { $0.map { .write($0) } },
      replaces: second?.replaced(beside: x), operations: pass.geometry.operations)
  }

  /// A buffer for the statistics of the blocks' bands, if a normalization wants them of this node.
  mutating func makeBlockStatistics(_ node: Graph.Node, bands: Partition) -> BufferID? {
    guard let index = node.head else { return nil }
    let statistics = GraphValue.blockStatistics(layer: index)
    guard node.results.contains(statistics) else { return nil }
    statisticsBands[index] = bands
    let layer = model.layers[index]
    let buffer = makeBuffer(
      "\(layer.name)_partial",
      .numbers((bands.count > 1 ? [blocks, bands.count] : [blocks]) + [layer.shape.channels, 3]))
    put(statistics, at: buffer)
    return buffer
  }

  /// The kernel of a convolution's input gradient.
  mutating func planInputGradient(
    _ operation: ConvolutionInputGradientOperation, _ node: Graph.Node
  ) {
    guard let index = node.head else { return }
    let op = operation.convolution
    let layer = model.layers[index]
    let dy = place(node.operands[0])
    let epilogue = epilogue(operation, node)
    let dx = makePart(node.results[0])
    let input = model.shape(of: layer.operands[0])
    if let geometry = winograd(op, input: input, output: layer.shape, turned: true) {
      return planWinograd(geometry, node, dy: dy, epilogue: epilogue, dx: dx)
    }
    let pass = inputGradientPass(op, input: input, output: layer.shape)
    let weight = TensorID(layer: index, role: .weight)
    add(
      "\(layer.name)_input_gradient", layers: node.layers, .backward, .perBlock(pass.tasks),
      ConvolutionInputGradient(
        geometry: pass.geometry, tile: pass.tile, isDepthwise: pass.isDepthwise,
        bands: pass.bands,
        streams: streams(channels: layer.shape.channels, plane: layer.shape.planeCount),
        weight: weight, dy: dy, epilogue: epilogue, dx: dx),
      GradientEpilogue.effects(epilogue, reading: [dy])
        + [.read(.parameter(weight)), .write(dx)],
      operations: pass.geometry.operations + GradientEpilogue.operations(epilogue)
        * Double(input.elementCount))
  }

  /// The kernel of a convolution's weight gradient.
  mutating func planWeightGradient(_ op: Convolution, _ node: Graph.Node) {
    guard let index = node.head else { return }
    let layer = model.layers[index]
    planWeightGradient(
      op, of: index, input: model.shape(of: layer.operands[0]), output: layer.shape,
      dy: place(node.operands[0]), x: place(node.operands[1]))
  }

  /// The kernel of the weight gradient of `op`, whose weight layer `index` has.
  mutating func planWeightGradient(
    _ op: Convolution, of index: Int, input: Shape, output: Shape, dy: BufferID, x: BufferID
  ) {
    let weight = TensorID(layer: index, role: .weight)
    guard let destination = destination(of: weight) else { return }
    if let geometry = winogradGradient(op, input: input, output: output) {
      return planWinogradGradient(geometry, of: index, dy: dy, x: x, destination: destination)
    }
    // A long row could not be cut into parts of a sum.
    let geometry = ConvolutionGeometry(
      op, input: input, output: output, keepsRows: output.planeCount > LongSum.partOfTile)
    if planDepthwiseWeightGradient(geometry, of: index, dy: dy, x: x, destination: destination) {
      return
    }
    let (taps, tile) = weightGradientTile(geometry)
    let inputTile = Partition(
      geometry.inputChannels, limit: max(1, tile.columns.largest / taps.largest))
    let rows = ConvolutionGeometry(op, input: input, output: output, keepsRows: true)
    let cost = costOfWeightGradient(
      geometry, outputTile: tile.rows, inputTile: inputTile, taps: taps)
    if let pass = channelGradientPass(rows, costOfSums: cost) {
      return planChannelGradient(rows, pass, of: index, dy: dy, x: x, destination: destination)
    }
    let groups = weightGradientGroups(
      geometry, outputTile: tile.rows, inputTile: inputTile, taps: taps)
    add(
      "\(model.layers[index].name)_weight_gradient", layers: [index], .backward,
      .fixed(
        groups.map { $0.outputs.count * $0.inputs.count }
          ?? geometry.groups * tile.rows.count * inputTile.count * geometry.window.rows.kernel),
      ConvolutionWeightGradient(
        geometry: geometry, outputTile: tile.rows, inputTile: inputTile, taps: taps,
        groups: groups, parts: .init(geometry, blocks: blocks),
        weight: weight, x: x, dy: dy, destination: destination),
      [.read(x), .read(dy)] + destination.effects(of: weight), operations: geometry.operations)
  }

  /// Kernel columns, and output and input channels, whose sums a weight gradient's tile holds.
  private func weightGradientTile(
    _ geometry: ConvolutionGeometry
  ) -> (taps: Partition, tile: RegisterTile) {
    let kernel = geometry.window.columns.kernel
    let registers = options.target.registers
    // Kernel columns lie next to each other in x: as many as the registers allow share its loads,
    // and leave room for enough sums.
    let choices = (1...max(1, min(kernel, registers / 2 - 2))).reversed().map { limit in
      let taps = Partition(kernel, limit: limit)
      let tile = RegisterTile.search(
        rows: geometry.outputChannels, columns: geometry.inputChannels * taps.largest,
        depth: geometry.outputHeight * geometry.outputWidth * blocks, registers: registers,
        unit: taps.largest, holdsColumns: true)
      return (taps: taps, tile: tile)
    }
    return choices.first { $0.tile.hidesLatency } ?? choices[0]
  }
}
