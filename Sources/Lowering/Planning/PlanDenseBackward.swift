import IR

extension KernelPlanner {
  /// The kernels of a dense layer's gradients.
  mutating func planDense(
    _ op: Dense, _ index: Int, _ node: TrainingGraph.Node, dy: BufferID
  ) {
    if let dx = makeContribution(index, node) {
      if usesProduct(op, index) {
        planInputGradientProduct(op, index, dy: dy, dx: dx)
      } else {
        planInputGradient(op, index, dy: dy, dx: dx)
      }
    }
    let weight = TensorID(layer: index, role: .weight)
    if let destination = destination(of: weight) {
      planWeightGradient(op, index, dy: dy, destination: destination)
    }
    planBiasGradient(index, dy: dy)
  }

  private func inputs(of index: Int) -> Int {
    model.shape(of: model.layers[index].operands[0]).elementCount
  }

  /// Whether the input's gradient is the host's to multiply: where the weight is larger than the
  /// cache and the batch large enough to pay for packing it, OpenBLAS reached 93 to 97 GFLOP/s on one
  /// core of an EPYC and the tiles 81; everywhere else the tiles were faster.
  private func usesProduct(_ op: Dense, _ index: Int) -> Bool {
    inputs(of: index) * op.features * options.precision.bytes > 8 * options.target.cacheBytes
      && model.training.batch >= 128
  }

  private mutating func planInputGradient(
    _ op: Dense, _ index: Int, dy: BufferID, dx: BufferID
  ) {
    let inputs = inputs(of: index)
    let tile = RegisterTile.search(
      rows: inputs, columns: blocks, depth: op.features, registers: options.target.registers)
    // A weight that fits beside the rest in the second-level cache needs no passes.
    let fits = inputs * op.features * options.precision.bytes <= options.target.cacheBytes / 2
    let tilesPerTask = fits ? 1 : max(1, 128 / tile.rows.largest)
    add(
      "\(model.layers[index].name)_input_gradient", layer: index, .backward,
      .fixed((tile.rows.count + tilesPerTask - 1) / tilesPerTask),
      .denseInputGradient(
        DenseInputGradient(
          inputs: inputs, outputs: op.features, tile: tile, tilesPerTask: tilesPerTask,
          outputsPerPass: fits ? op.features : min(op.features, 64),
          weight: TensorID(layer: index, role: .weight), dy: dy, dx: dx)),
      reads: [dy], writes: [dx], operations: Double(2 * inputs * op.features))
  }

  private mutating func planInputGradientProduct(
    _ op: Dense, _ index: Int, dy: BufferID, dx: BufferID
  ) {
    let inputs = inputs(of: index)
    let name = model.layers[index].name
    let (dyRows, stride) = planRows(
      "\(name)_output_gradient", index, .outputGradient, of: dy, count: op.features)
    let dxRows = makeBuffer("\(name)_dx_rows", .numbers([blocks * lanes, inputs]))
    let panel = 256
    add(
      "\(name)_input_gradient", layer: index, .backward, .fixed((inputs + panel - 1) / panel),
      .denseInputGradientProduct(
        DenseInputGradientProduct(
          inputs: inputs, outputs: op.features, stride: stride, panel: panel,
          weight: TensorID(layer: index, role: .weight), dyRows: dyRows, dxRows: dxRows, dx: dx)),
      reads: [dyRows], writes: [dx, dxRows], operations: Double(2 * inputs * op.features))
  }

  /// Numbers from one row of `count` to the next: whole vectors. Rows that are a multiple of a KiB
  /// apart would fall on the same few lines of the first-level cache; they get a vector more, which
  /// nobody uses.
  private func rowStride(_ count: Int) -> Int {
    let length = (count + lanes - 1) / lanes * lanes
    return length * options.precision.bytes % 1024 == 0 ? length + lanes : length
  }

  /// The rows of the network's input, if that is what `value` is: the kernel that loads it has them in
  /// its registers anyway, and stores them besides. nil where kernels are not fused.
  private mutating func inputRows(_ value: BufferID, count: Int) -> InputLoad.Rows? {
    guard options.fusesKernels, !isInspection,
      let kernel = kernels.firstIndex(where: { $0.form.loads(value) }),
      case .inputLoad(var load) = kernels[kernel].form
    else { return nil }
    if load.rows == nil {
      let stride = rowStride(count)
      let buffer = makeBuffer("\(model.input.name)_rows", .numbers([blocks * lanes, stride]))
      load.rows = .init(buffer: buffer, stride: stride)
      kernels[kernel].form = .inputLoad(load)
      kernels[kernel].writes.append(buffer)
    }
    return load.rows
  }

  /// The kernel that brings `value` into rows, their buffer, and the numbers from one row to the next.
  private mutating func planRows(
    _ name: String, _ index: Int, _ operand: DenseRows.Operand, of value: BufferID, count: Int
  ) -> (rows: BufferID, stride: Int) {
    if let rows = inputRows(value, count: count) { return (rows.buffer, rows.stride) }
    let stride = rowStride(count)
    let rows = makeBuffer("\(name)_rows", .numbers([blocks * lanes, stride]))
    add(
      "\(name)_rows_load", layer: index, .backward, .perBlock(1),
      .denseRows(
        DenseRows(operand: operand, inputs: count, stride: stride, x: value, rows: rows)),
      reads: [value], writes: [rows], operations: 0)
    return (rows, stride)
  }

  private mutating func planWeightGradient(
    _ op: Dense, _ index: Int, dy: BufferID, destination: GradientDestination
  ) {
    let inputs = inputs(of: index)
    let name = model.layers[index].name
    let x = place(.activation(model.layers[index].operands[0]))
    let (rows, stride) = planRows(name, index, .input, of: x, count: inputs)
    let vectors = (inputs + lanes - 1) / lanes
    let tile = RegisterTile.search(
      rows: op.features, columns: vectors, depth: blocks * lanes,
      registers: options.target.registers)
    // A group's rows, over the whole batch, take a quarter of the second-level cache.
    let vectorBytes = lanes * options.precision.bytes
    let room = options.target.cacheBytes / 4 / (blocks * lanes * vectorBytes)
    let gradient = DenseWeightGradient(
      inputs: inputs, outputs: op.features, stride: stride, tile: tile,
      tilesPerGroup: min(tile.columns.count, max(1, room / tile.columns.largest)),
      weight: TensorID(layer: index, role: .weight), rows: rows, dy: dy, destination: destination)
    add(
      "\(name)_weight_gradient", layer: index, .backward,
      .fixed(tile.rows.count * gradient.groups), .denseWeightGradient(gradient),
      reads: [rows, dy], writes: destination.buffers,
      operations: Double(2 * inputs * op.features))
  }
}
