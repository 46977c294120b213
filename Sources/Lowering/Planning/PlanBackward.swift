import IR

extension KernelPlanner {
  /// The kernels of a layer's gradients; none where they run in the kernels of the layer's head.
  mutating func planBackward(_ index: Int, _ node: TrainingGraph.Node) {
    let layer = model.layers[index]
    let dy = gradient(of: index, node)
    let head = groups.head[index]
    guard head == index else {
      // The head's kernels take the gradient of the group's last value.
      if case .contribution? = node.results.first {
        put(node.results[0], at: dy)
      } else if let op = model.layers[head].op.normalization {
        // Nothing before the head learns, so it has no node of its own; gamma and beta still do.
        planNormalization(op, head, node, dy: dy)
      }
      return
    }
    switch layer.op {
    case .convolution(let op): planConvolution(op, index, node, dy: dy)
    case .dense(let op): planDense(op, index, node, dy: dy)
    case .batchNorm(let op): planNormalization(op, index, node, dy: dy)
    case .normalize(let op): planNormalization(op.convention, index, node, dy: dy)
    case .scaleShift: planScaleShift(index, node, dy: dy)
    case .relu: planActivation(index, .relu, node, dy: dy)
    case .sigmoid: planActivation(index, .sigmoid, node, dy: dy)
    case .averagePool, .maxPool: planPool(index, node, dy: dy)
    case .flatten:
      // The layout is the same, and so is the gradient.
      for result in node.results { put(result, at: dy) }
    case .add:
      // Each operand's part is dy itself, or what the ReLU of the sum leaves of it.
      let part = groups.members[index].count > 1 ? planMaskedSum(index, dy: dy) : dy
      for result in node.results { put(result, at: part) }
    }
  }

  private mutating func planMaskedSum(_ index: Int, dy: BufferID) -> BufferID {
    let layer = model.layers[index]
    let dx = makeBuffer("\(layer.name)_part_gradient", .lanes(layer.shape))
    planActivationBackward(
      index, .relu, saved: place(.activation(.result(of: groups.tail(of: index)))), dy: dy, dx: dx)
    return dx
  }

  private func gradient(of index: Int, _ node: TrainingGraph.Node) -> BufferID {
    place(node.operands[0])
  }

  /// A buffer for what the layer contributes to the gradient of its operand `position`; nil where
  /// none is wanted.
  mutating func makeContribution(_ index: Int, _ node: TrainingGraph.Node) -> BufferID? {
    let layer = model.layers[index]
    let value = GraphValue.contribution(layer.operands[0], layer: index, operand: 0)
    guard node.results.contains(value) else { return nil }
    let users = model.users[layer.operands[0].index].count
    return makeGradient(value, of: layer.operands[0], by: users > 1 ? layer.name : nil)
  }

  private mutating func planConvolution(
    _ op: Convolution, _ index: Int, _ node: TrainingGraph.Node, dy: BufferID
  ) {
    let layer = model.layers[index]
    if let dx = makeContribution(index, node) {
      planInputGradient(op, index, dy: dy, dx: dx)
    }
    let weight = TensorID(layer: index, role: .weight)
    if let destination = destination(of: weight) {
      let geometry = ConvolutionGeometry(
        op, input: model.shape(of: layer.operands[0]), output: layer.shape)
      planWeightGradient(
        index, geometry, x: place(.activation(layer.operands[0])), dy: dy, destination: destination)
    }
    planBiasGradient(index, dy: dy)
  }

  private mutating func planInputGradient(
    _ op: Convolution, _ index: Int, dy: BufferID, dx: BufferID
  ) {
    let layer = model.layers[index]
    let pass = pass(
      op, layer,
      tile: {
        RegisterTile.search(
          rows: $0.inputChannels, columns: $0.width, depth: $0.outputChannels * op.window.kernel,
          registers: options.target.registers, unit: op.window.stride, reuse: op.window.kernel)
      },
      bands: { inputGradientBands($0, tiles: $1) })
    add(
      "\(layer.name)_input_gradient", layer: index, .backward, .perBlock(pass.tasks),
      .convolutionInputGradient(
        ConvolutionInputGradient(
          geometry: pass.geometry, tile: pass.tile, bands: pass.bands,
          streams: streams(channels: layer.shape.channels, plane: layer.shape.planeCount),
          weight: TensorID(layer: index, role: .weight), dy: dy, dx: dx)),
      reads: [dy], writes: [dx], operations: pass.geometry.operations)
  }

  private mutating func planWeightGradient(
    _ index: Int, _ geometry: ConvolutionGeometry, x: BufferID, dy: BufferID,
    destination: GradientDestination
  ) {
    let kernel = geometry.window.kernel
    let registers = options.target.registers
    // Kernel columns lie next to each other in x: as many as the registers allow share its loads, and
    // leave room for enough sums.
    let choices = (1...max(1, min(kernel, registers / 2 - 2))).reversed().map { limit in
      let taps = Cut(kernel, limit: limit)
      let tile = RegisterTile.search(
        rows: geometry.outputChannels, columns: geometry.inputChannels * taps.largest,
        depth: geometry.outputHeight * geometry.outputWidth * blocks, registers: registers,
        unit: taps.largest, holdsColumns: true)
      return (taps: taps, tile: tile)
    }
    let (taps, tile) = choices.first { $0.tile.hidesLatency } ?? choices[0]
    let inputTile = Cut(geometry.inputChannels, limit: max(1, tile.columns.largest / taps.largest))
    let groups = weightGradientGroups(
      geometry, outputTile: tile.rows, inputTile: inputTile, taps: taps)
    add(
      "\(model.layers[index].name)_weight_gradient", layer: index, .backward,
      .fixed(
        groups.map { $0.outputs.count * $0.inputs.count }
          ?? tile.rows.count * inputTile.count * kernel),
      .convolutionWeightGradient(
        ConvolutionWeightGradient(
          geometry: geometry, outputTile: tile.rows, inputTile: inputTile, taps: taps,
          groups: groups,
          weight: TensorID(layer: index, role: .weight), x: x, dy: dy, destination: destination)),
      reads: [x, dy], writes: destination.buffers, operations: geometry.operations)
  }

  mutating func planBiasGradient(_ index: Int, dy: BufferID) {
    let layer = model.layers[index]
    let bias = TensorID(layer: index, role: .bias)
    guard let destination = destination(of: bias) else { return }
    add(
      "\(layer.name)_bias_gradient", layer: index, .backward, .fixed(layer.shape.channels),
      .biasGradient(
        BiasGradient(
          channels: layer.shape.channels, plane: layer.shape.planeCount, bias: bias, dy: dy,
          destination: destination)),
      reads: [dy], writes: destination.buffers, operations: Double(layer.shape.elementCount))
  }

  private mutating func planScaleShift(_ index: Int, _ node: TrainingGraph.Node, dy: BufferID) {
    let layer = model.layers[index]
    let x = place(.activation(layer.operands[0]))
    let dx = makeContribution(index, node)
    let gamma = destination(of: TensorID(layer: index, role: .gamma))
    let beta = destination(of: TensorID(layer: index, role: .beta))
    add(
      "\(layer.name)_backward", layer: index, .backward, .fixed(layer.shape.channels),
      .scaleShiftBackward(
        ScaleShiftBackward(
          channels: layer.shape.channels, plane: layer.shape.planeCount, layer: index, x: x,
          dy: dy, dx: dx, gamma: gamma, beta: beta)),
      reads: [x, dy],
      writes: [dx].compactMap { $0 } + [gamma, beta].flatMap { $0?.buffers ?? [] },
      operations: Double(4 * layer.shape.elementCount))
  }

  private mutating func planActivation(
    _ index: Int, _ function: Activation, _ node: TrainingGraph.Node, dy: BufferID
  ) {
    guard let dx = makeContribution(index, node) else { return }
    planActivationBackward(
      index, function, saved: place(.activation(.result(of: index))), dy: dy, dx: dx)
  }

  /// An activation's gradient from its result, so that the result may take the operand's place.
  private mutating func planActivationBackward(
    _ index: Int, _ function: Activation, saved: BufferID, dy: BufferID, dx: BufferID
  ) {
    let layer = model.layers[index]
    let elements = layer.shape.elementCount
    let pieces = piecesPerBlock(elements)
    add(
      "\(layer.name)_backward", layer: index, .backward, .perBlock(pieces),
      .activationBackward(
        ActivationBackward(
          function: function, elements: elements, pieces: pieces, saved: saved, dy: dy, dx: dx)),
      reads: [saved, dy], writes: [dx], replaces: dy, operations: Double(elements))
  }

  private mutating func planPool(_ index: Int, _ node: TrainingGraph.Node, dy: BufferID) {
    let layer = model.layers[index]
    let shape = model.shape(of: layer.operands[0])
    guard let dx = makeContribution(index, node),
      let pool = Pool(layer.op, input: shape, output: layer.shape)
    else { return }
    let x = place(.activation(layer.operands[0]))
    add(
      "\(layer.name)_backward", layer: index, .backward, .perBlock(pool.channels),
      .poolBackward(PoolBackward(pool: pool, x: x, dy: dy, dx: dx)),
      reads: pool.kind == .max ? [x, dy] : [dy], writes: [dx],
      operations: Double(layer.shape.elementCount * pool.window.kernel * pool.window.kernel))
  }
}

extension GradientDestination {
  /// The buffer that it writes, if it writes one.
  var buffers: [BufferID] {
    switch self {
    case .buffer(let buffer): [buffer]
    case .update, .region: []
    }
  }
}
