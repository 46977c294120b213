import IR

extension KernelPlanner {
  /// The kernels of the forward pass of `layer` and of what is fused with it.
  mutating func planForward(_ index: Int) {
    let layer = model.layers[index]
    switch layer.op {
    case .convolution(let op): planConvolution(op, index)
    case .dense(let op): planDense(op, index)
    case .batchNorm(let op): planNormalization(op, index)
    case .normalize(let op): planNormalization(op.convention, index)
    case .scaleShift: planScaleShift(index)
    case .relu: planActivation(index, .relu)
    case .sigmoid: planActivation(index, .sigmoid)
    case .averagePool, .maxPool: planPool(index)
    case .flatten:
      // The layout of an image and of the vector that it flattens to are the same.
      put(.activation(.result(of: index)), at: place(.activation(layer.operands[0])))
    case .add:
      planSum(index)
    }
  }

  private mutating func planSum(_ index: Int) {
    let layer = model.layers[index]
    let parts = layer.operands.map { place(.activation($0)) }
    let y = makeResult(of: groups.tail(of: index), head: index)
    let elements = layer.shape.elementCount
    let pieces = piecesPerBlock(elements)
    add(
      "\(layer.name)_forward", layer: index, .forward, .perBlock(pieces),
      .sum(
        Sum(
          elements: elements, pieces: pieces, parts: parts,
          hasReLU: groups.members[index].count > 1, y: y)),
      reads: parts, writes: [y], operations: Double(elements))
  }

  private mutating func planConvolution(_ op: Convolution, _ index: Int) {
    let layer = model.layers[index]
    let x = place(.activation(layer.operands[0]))
    let input = model.shape(of: layer.operands[0])
    let pass = pass(
      op, layer,
      tile: {
        RegisterTile.search(
          rows: $0.outputChannels, columns: $0.outputWidth,
          depth: $0.inputChannels * op.window.kernel, registers: options.target.registers,
          reuse: op.window.kernel)
      },
      bands: { forwardBands($0, tiles: $1) })
    let y = makeResult(of: index, head: index)
    let partial = makePartialStatistics(of: index, bands: pass.bands)
    add(
      "\(layer.name)_forward", layer: index, .forward, .perBlock(pass.tasks),
      .convolutionForward(
        ConvolutionForward(
          geometry: pass.geometry, tile: pass.tile, bands: pass.bands,
          streams: streams(channels: input.channels, plane: input.planeCount),
          weight: TensorID(layer: index, role: .weight),
          bias: op.hasBias ? TensorID(layer: index, role: .bias) : nil, x: x, y: y,
          partial: partial)),
      reads: [x], writes: [y] + [partial].compactMap { $0 }, operations: pass.geometry.operations)
  }

  private mutating func planDense(_ op: Dense, _ index: Int) {
    let layer = model.layers[index]
    let x = place(.activation(layer.operands[0]))
    let inputs = model.shape(of: layer.operands[0]).elementCount
    let tile = RegisterTile.search(
      rows: op.features, columns: blocks, depth: inputs, registers: options.target.registers)
    let y = makeResult(of: index, head: index)
    let partial = makePartialStatistics(of: index, bands: .whole(1))
    add(
      "\(layer.name)_forward", layer: index, .forward,
      .perGroup(tile.rows.count, blocks: tile.columns.largest),
      .denseForward(
        DenseForward(
          inputs: inputs, outputs: op.features, tile: tile,
          weight: TensorID(layer: index, role: .weight),
          bias: op.hasBias ? TensorID(layer: index, role: .bias) : nil, x: x, y: y,
          partial: partial)),
      reads: [x], writes: [y] + [partial].compactMap { $0 },
      operations: Double(2 * inputs * op.features))
  }

  /// A buffer for the statistics of the blocks' bands, if a batch norm wants them of this layer.
  private mutating func makePartialStatistics(of index: Int, bands: Cut) -> BufferID? {
    guard groups.statisticsProducer.contains(index) else { return nil }
    statisticsBands[index] = bands
    let channels = model.layers[index].shape.channels
    let buffer = makeBuffer(
      "\(model.layers[index].name)_partial",
      .numbers((bands.count > 1 ? [blocks, bands.count] : [blocks]) + [channels, 2]))
    put(.statistics(layer: index), at: buffer)
    return buffer
  }

  func normalization(_ op: BatchNorm, _ index: Int) -> Normalization {
    let layer = model.layers[index]
    var result = Normalization(
      layer: index, members: groups.members[index], op: op, affineLayer: op.affine ? index : nil,
      channels: layer.shape.channels,
      height: layer.shape.height, width: layer.shape.width, hasReLU: false, pool: nil,
      channelsPerTask: Cut(
        layer.shape.channels, limit: max(1, 256 / layer.shape.planeCount)))
    for member in groups.members[index] {
      let memberLayer = model.layers[member]
      switch memberLayer.op {
      case .relu: result.hasReLU = true
      case .scaleShift: result.affineLayer = member
      case .averagePool, .maxPool:
        result.pool = Pool(memberLayer.op, input: layer.shape, output: memberLayer.shape)
      case .batchNorm, .normalize, .convolution, .dense, .sigmoid, .flatten, .add: break
      }
    }
    return result
  }

  private mutating func planNormalization(_ op: BatchNorm, _ index: Int) {
    let layer = model.layers[index]
    let x = place(.activation(layer.operands[0]))
    let norm = normalization(op, index)
    let count = Double(layer.shape.elementCount)
    let channels = [norm.channels]
    let partial: BufferID
    var bands = Cut.whole(norm.height)
    if let producer = groups.statisticsProducer[index] {
      partial = place(.statistics(layer: producer))
      bands = statisticsBands[producer] ?? bands
    } else {
      partial = makeBuffer("\(layer.name)_partial", .numbers([blocks, norm.channels, 2]))
      add(
        "\(layer.name)_statistics", layer: index, .trainingForward,
        .perBlock(norm.channelsPerTask.count),
        .normalizationStatistics(
          NormalizationStatistics(normalization: norm, x: x, partial: partial)),
        reads: [x], writes: [partial], operations: 4 * count)
    }
    let moments = makeBuffer(
      "\(layer.name)_moments", .numbers([3, norm.channels]),
      taps: [
        tap("\(layer.name).batch_mean", .batchMean, layer: index, channels),
        tap(
          "\(layer.name).batch_variance", .batchVariance, layer: index, channels,
          offset: norm.channels),
      ])
    put(.statistics(layer: index), at: moments)
    add(
      "\(layer.name)_moments_merge", layer: index, .trainingForward, .serial,
      .normalizationMoments(
        NormalizationMoments(
          normalization: norm, bands: bands, partial: partial, moments: moments)),
      reads: [partial], writes: [moments], operations: 0)
    add(
      "\(layer.name)_moments_running", layer: index, .evaluationForward, .serial,
      .normalizationRunning(NormalizationRunning(normalization: norm, moments: moments)),
      reads: [], writes: [moments], operations: 0)
    let y = makeResult(of: groups.tail(of: index), head: index)
    add(
      "\(layer.name)_forward", layer: index, .forward, .perBlock(norm.channelsPerTask.count),
      .normalizationForward(
        NormalizationForward(normalization: norm, x: x, y: y, moments: moments)),
      reads: [x, moments], writes: [y], operations: 3 * count)
  }

  private mutating func planActivation(_ index: Int, _ function: Activation) {
    let layer = model.layers[index]
    let x = place(.activation(layer.operands[0]))
    let y = makeResult(of: index, head: index)
    let elements = layer.shape.elementCount
    let pieces = piecesPerBlock(elements)
    add(
      "\(layer.name)_forward", layer: index, .forward, .perBlock(pieces),
      .activationForward(
        ActivationForward(function: function, elements: elements, pieces: pieces, x: x, y: y)),
      reads: [x], writes: [y], replaces: x, operations: Double(elements))
  }

  private mutating func planScaleShift(_ index: Int) {
    let layer = model.layers[index]
    let x = place(.activation(layer.operands[0]))
    let y = makeResult(of: index, head: index)
    add(
      "\(layer.name)_forward", layer: index, .forward, .perBlock(layer.shape.channels),
      .scaleShiftForward(
        ScaleShiftForward(
          channels: layer.shape.channels, plane: layer.shape.planeCount, layer: index, x: x, y: y)),
      reads: [x], writes: [y], operations: Double(2 * layer.shape.elementCount))
  }

  private mutating func planPool(_ index: Int) {
    let layer = model.layers[index]
    let x = place(.activation(layer.operands[0]))
    guard
      let pool = Pool(
        layer.op, input: model.shape(of: layer.operands[0]), output: layer.shape)
    else { return }
    let y = makeResult(of: index, head: index)
    add(
      "\(layer.name)_forward", layer: index, .forward, .perBlock(pool.channels),
      .poolForward(PoolForward(pool: pool, x: x, y: y)),
      reads: [x], writes: [y],
      operations: Double(layer.shape.elementCount * pool.window.kernel * pool.window.kernel))
  }
}
