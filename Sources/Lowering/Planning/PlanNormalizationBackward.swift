import IR

extension KernelPlanner {
  /// Sums, gradients of gamma and beta, and dx of a batch norm and of what is fused with it.
  mutating func planNormalization(
    _ op: BatchNorm, _ index: Int, _ node: TrainingGraph.Node, dy: BufferID
  ) {
    let layer = model.layers[index]
    let norm = normalization(op, index)
    let x = place(.activation(layer.operands[0]))
    let moments = place(.statistics(layer: index))
    let count = Double(layer.shape.elementCount)
    let partial = makeBuffer("\(layer.name)_partial_sums", .numbers([blocks, norm.channels, 2]))
    add(
      "\(layer.name)_sums", layer: index, .backward, .perBlock(norm.channelsPerTask.count),
      .normalizationSums(
        NormalizationSums(normalization: norm, x: x, dy: dy, moments: moments, partial: partial)),
      reads: [x, dy, moments], writes: [partial], operations: 5 * count)
    let gamma = norm.affineLayer.flatMap { destination(of: TensorID(layer: $0, role: .gamma)) }
    let beta = norm.affineLayer.flatMap { destination(of: TensorID(layer: $0, role: .beta)) }
    let coefficients = makeBuffer("\(layer.name)_coefficients", .numbers([4, norm.channels]))
    add(
      "\(layer.name)_parameter_gradient", layer: index, .backward, .serial,
      .normalizationGradient(
        NormalizationGradient(
          normalization: norm, moments: moments, partial: partial, coefficients: coefficients,
          gamma: gamma, beta: beta)),
      reads: [partial, moments],
      writes: [coefficients] + [gamma, beta].flatMap { $0?.buffers ?? [] }, operations: 0)
    let value = GraphValue.contribution(layer.operands[0], layer: index, operand: 0)
    guard node.results.contains(value) else { return }
    let users = model.users[layer.operands[0].index].count
    let dx = makeGradient(value, of: layer.operands[0], by: users > 1 ? layer.name : nil)
    add(
      "\(layer.name)_backward", layer: index, .backward, .perBlock(norm.channelsPerTask.count),
      .normalizationBackward(
        NormalizationBackward(
          normalization: norm, x: x, dy: dy, dx: dx, moments: moments, coefficients: coefficients)),
      reads: [x, dy, moments, coefficients], writes: [dx], replaces: x, operations: 6 * count)
  }

  /// The running statistics of a batch norm move.
  mutating func planMove(_ index: Int) {
    guard let op = model.layers[index].op.normalization else { return }
    let moments = place(.statistics(layer: index))
    add(
      "\(model.layers[index].name)_running_move", layer: index, .state, .serial,
      .normalizationMove(
        NormalizationMove(normalization: normalization(op, index), moments: moments)),
      reads: [moments], writes: [], operations: 0)
  }
}
