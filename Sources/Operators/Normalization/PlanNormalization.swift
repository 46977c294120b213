import IR
import Lowering

extension KernelPlanner {
  /// What the kernels of a normalization share.
  func normalization(_ operation: NormalizationOperation, _ node: Graph.Node) -> Normalization {
    let head = node.layers[0]
    let shape = model.layers[head].shape
    return Normalization(
      layer: head, members: Array(node.layers.prefix(operation.members)),
      convention: operation.convention,
      affineLayer: operation.affineMember.map { node.layers[$0] }, hasGamma: operation.hasGamma,
      channels: shape.channels, height: shape.height, width: shape.width,
      activation: operation.activation, pool: operation.pool,
      channelsPerTask: Partition(shape.channels, limit: max(1, 256 / shape.planeCount)))
  }

  /// The kernels of a normalization's forward pass and of what is fused with it.
  mutating func planNormalization(_ operation: NormalizationOperation, _ node: Graph.Node) {
    guard let index = node.head, let tail = node.layers.last else { return }
    let layer = model.layers[index]
    let x = place(.activation(layer.operands[0]))
    let norm = normalization(operation, node)
    let count = Double(layer.shape.elementCount)
    let blocks = norm.usesBatch ? planBlockStatistics(norm, node, x: x) : nil
    let moments = makeMoments(norm)
    put(.statistics(layer: index), at: moments)
    let running = model.state(of: index).filter { $0.role != .seen }.map {
      Effect.read(.state(TensorID(layer: index, role: $0.role)))
    }
    let exact =
      norm.joins(options) ? makeDoubles("\(layer.name)_moments_sums", 2 * norm.channels) : nil
    add(
      "\(layer.name)_moments_merge", layers: [index], .forward, .serial,
      NormalizationMoments(
        normalization: norm, blocks: blocks, moments: moments, exact: exact),
      (blocks.map { [.read($0.buffer)] } ?? []) + running + [.write(moments)]
        + (exact.map { [.write($0)] } ?? []), operations: 0)
    if let exact { planJoin(norm, exact, moments: moments) }
    let sums = operation.keepsIntermediate ? makeIntermediate(of: node) : nil
    let y = makeResult(of: tail, head: sums == nil ? index : tail)
    add(
      "\(layer.name)_forward", layers: node.layers, .forward,
      .perBlock(norm.channelsPerTask.count),
      NormalizationForward(normalization: norm, x: x, sums: sums, y: y, moments: moments),
      [.read(x), .read(moments)] + norm.readParameters + norm.activation.effects
        + [sums, y].compactMap { $0.map { .write($0) } }, operations: 3 * count)
  }

  /// The statistics of the blocks: those that the operation before gathered, or a kernel's.
  private mutating func planBlockStatistics(
    _ norm: Normalization, _ node: Graph.Node, x: BufferID
  ) -> NormalizationMoments.Blocks {
    for case .blockStatistics(let producer) in node.operands {
      guard let bands = statisticsBands[producer] else {
        fatalError("\(model.layers[producer].name) gathered no statistics")
      }
      return .init(buffer: place(.blockStatistics(layer: producer)), bands: bands)
    }
    let layer = model.layers[norm.layer]
    let partial = makeBuffer("\(layer.name)_partial", .numbers([blocks, norm.channels, 3]))
    add(
      "\(layer.name)_statistics", layers: [norm.layer], .trainingForward,
      .perBlock(norm.channelsPerTask.count),
      NormalizationStatistics(normalization: norm, x: x, partial: partial),
      [.read(x), .write(partial)], operations: 4 * Double(layer.shape.elementCount))
    return .init(buffer: partial, bands: .whole(norm.height))
  }

  /// Makes the moments of a process's share those of the whole batch.
  private mutating func planJoin(_ norm: Normalization, _ sums: BufferID, moments: BufferID) {
    let name = model.layers[norm.layer].name
    add(
      "\(name)_moments_join", layers: [norm.layer], .trainingForward, .serial,
      NormalizationJoin(normalization: norm, moments: moments, sums: sums),
      [
        .read(.state(TensorID(layer: norm.layer, role: .runningMean))),
        .update(.buffer(moments)), .update(.buffer(sums)),
      ], operations: 0)
  }

  private mutating func makeMoments(_ norm: Normalization) -> BufferID {
    let name = model.layers[norm.layer].name
    return makeBuffer(
      "\(name)_moments", .numbers([3, norm.channels]),
      probes: !norm.usesBatch
        ? []
        : [
          probe("\(name).batch_mean", .batchMean, layer: norm.layer, [norm.channels]),
          probe(
            "\(name).batch_variance", .batchVariance, layer: norm.layer, [norm.channels],
            offset: norm.channels),
        ])
  }

  /// Sums, gradients of gamma and beta, and dx of a normalization and of what is fused with it.
  mutating func planNormalizationGradient(
    _ operation: NormalizationGradientOperation, _ node: Graph.Node
  ) {
    guard let index = node.head else { return }
    let layer = model.layers[index]
    let norm = normalization(operation.operation, node)
    let (dy, x, moments) = (
      place(node.operands[0]), place(node.operands[1]), place(node.operands[2])
    )
    let count = Double(layer.shape.elementCount)
    let partial = makeBuffer("\(layer.name)_partial_sums", .numbers([blocks, norm.channels, 2]))
    add(
      "\(layer.name)_sums", layers: norm.members, .backward, .perBlock(norm.channelsPerTask.count),
      NormalizationSums(normalization: norm, x: x, dy: dy, moments: moments, partial: partial),
      [.read(x), .read(dy), .read(moments)] + norm.readParameters + [.write(partial)],
      operations: 5 * count)
    let gamma = norm.gammaID.flatMap { destination(of: $0) }
    let beta = norm.betaID.flatMap { destination(of: $0) }
    let coefficients = makeBuffer("\(layer.name)_coefficients", .numbers([4, norm.channels]))
    add(
      "\(layer.name)_parameter_gradient", layers: norm.members, .backward, .serial,
      NormalizationGradient(
        normalization: norm, moments: moments, partial: partial, coefficients: coefficients,
        gamma: gamma, beta: beta),
      [.read(partial), .read(moments)] + norm.readParameters + [.write(coefficients)]
        + effects(gamma, of: norm.gammaID) + effects(beta, of: norm.betaID), operations: 0)
    guard let result = node.results.last, result.isValueGradient else { return }
    if norm.joins(options) {
      addProcessMean(
        "\(layer.name)_means_join", "the means that dx takes away", of: norm.layer, .backward,
        numbers: coefficients, from: 2 * norm.channels, count: 2 * norm.channels)
    }
    let epilogue = epilogue(operation, node)
    let dx = makePart(result)
    add(
      "\(layer.name)_backward", layers: node.layers, .backward,
      .perBlock(norm.channelsPerTask.count),
      NormalizationBackward(
        normalization: norm, x: x, dy: dy, epilogue: epilogue, dx: dx, moments: moments,
        coefficients: coefficients),
      GradientEpilogue.effects(epilogue, reading: [x, dy, moments, coefficients]) + [.write(dx)],
      replaces: x,
      operations: (6 + GradientEpilogue.operations(epilogue)) * count)
  }

  private func effects(_ destination: GradientDestination?, of tensor: TensorID?) -> [Effect] {
    guard let destination, let tensor else { return [] }
    return destination.effects(of: tensor)
  }
}

extension Normalization {
  /// Whether its statistics are those of a batch that lies across several processes.
  fileprivate func joins(_ options: PlanOptions) -> Bool {
    options.joinsProcesses && usesBatch && convention.isSynchronized
  }

  /// gamma, where there is one, held or not.
  var gammaID: TensorID? { affineLayer.map { TensorID(layer: $0, role: .gamma) } }

  /// beta, where there is one.
  var betaID: TensorID? { affineLayer.map { TensorID(layer: $0, role: .beta) } }

  /// gamma and beta, as far as they take part.
  var readParameters: [Effect] {
    [hasGamma ? gammaID : nil, betaID].compactMap { $0.map { .read(.parameter($0)) } }
  }
}
