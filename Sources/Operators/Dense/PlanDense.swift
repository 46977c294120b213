import IR
import Lowering

extension KernelPlanner {
  /// The kernel of a dense layer's forward pass.
  mutating func planDense(_ operation: DenseOperation, _ node: Graph.Node) {
    guard let index = node.head, let tail = node.layers.last else { return }
    let op = operation.dense
    let layer = model.layers[index]
    let x = place(.activation(layer.operands[0]))
    let inputs = inputs(of: index)
    let tile = RegisterTile.search(
      rows: op.features, columns: blocks, depth: inputs, registers: options.target.registers)
    let sums = operation.keepsIntermediate ? makeIntermediate(of: node) : nil
    let y = makeResult(of: tail, head: sums == nil ? index : tail)
    let partial = makeBlockStatistics(node, bands: .whole(1))
    let weight = TensorID(layer: index, role: .weight)
    let bias = op.hasBias ? TensorID(layer: index, role: .bias) : nil
    add(
      "\(layer.name)_forward", layers: node.layers, .forward,
      .perGroup(tile.rows.count, blocks: tile.columns.largest),
      DenseForward(
        inputs: inputs, outputs: op.features, tile: tile, weight: weight, bias: bias,
        weights: plainWeights(of: node, folding: operation.folded),
        activation: operation.activation, x: x, sums: sums, y: y, partial: partial),
      [.read(x), .read(.parameter(weight))] + [bias].compactMap { $0.map { .read(.parameter($0)) } }
        + operation.activation.effects + [sums, y, partial].compactMap { $0.map { .write($0) } },
      operations: Double(2 * inputs * op.features))
  }

  /// The kernels of a dense layer's input gradient.
  mutating func planInputGradient(_ operation: DenseInputGradientOperation, _ node: Graph.Node) {
    guard let index = node.head else { return }
    let gradient = InputGradient(
      dense: operation.dense, index: index, dy: place(node.operands[0]),
      epilogue: epilogue(operation, node), dx: makePart(node.results[0]))
    if usesProduct(operation.dense, index) {
      planInputGradientProduct(gradient, node)
    } else {
      planInputGradient(gradient, node)
    }
  }

  /// What the kernels of an input gradient share.
  private struct InputGradient {
    let dense: Dense
    let index: Int
    let dy: BufferID
    let epilogue: GradientEpilogue?
    let dx: BufferID
  }

  private func inputs(of index: Int) -> Int {
    model.shape(of: model.layers[index].operands[0]).elementCount
  }

  /// Whether the input's gradient is the host's to multiply: where the weight is larger than the
  /// cache and the batch large enough to pay for packing it, OpenBLAS reached 93 to 97 GFLOP/s on
  /// one core of an EPYC and the tiles 81; everywhere else the tiles were faster.
  private func usesProduct(_ op: Dense, _ index: Int) -> Bool {
    inputs(of: index) * op.features * options.precision.bytes > 8 * options.target.cacheBytes
      && model.training.batch >= 128
  }

  private mutating func planInputGradient(_ gradient: InputGradient, _ node: Graph.Node) {
    let (op, index) = (gradient.dense, gradient.index)
    let inputs = inputs(of: index)
    let tile = RegisterTile.search(
      rows: inputs, columns: blocks, depth: op.features, registers: options.target.registers)
    // A weight that fits beside the rest in the second-level cache needs no passes.
    let fits = inputs * op.features * options.precision.bytes <= options.target.cacheBytes / 2
    let weight = TensorID(layer: index, role: .weight)
    let tilesPerTask = fits ? 1 : max(1, 128 / tile.rows.largest)
    add(
      "\(model.layers[index].name)_input_gradient", layers: node.layers, .backward,
      .fixed((tile.rows.count + tilesPerTask - 1) / tilesPerTask),
      DenseInputGradient(
        inputs: inputs, outputs: op.features, tile: tile, tilesPerTask: tilesPerTask,
        outputsPerPass: fits ? op.features : min(op.features, 64), weight: weight,
        dy: gradient.dy, epilogue: gradient.epilogue, dx: gradient.dx),
      GradientEpilogue.effects(gradient.epilogue, reading: [gradient.dy])
        + [.read(.parameter(weight)), .write(gradient.dx)],
      operations: Double(2 * inputs * op.features)
        + GradientEpilogue.operations(gradient.epilogue) * Double(inputs))
  }

  private mutating func planInputGradientProduct(_ gradient: InputGradient, _ node: Graph.Node) {
    let (op, index) = (gradient.dense, gradient.index)
    let inputs = inputs(of: index)
    let name = model.layers[index].name
    let (dyRows, stride) = planRows(
      "\(name)_output_gradient", node, .outputGradient, of: gradient.dy, count: op.features)
    let dxRows = makeBuffer("\(name)_dx_rows", .numbers([blocks * lanes, inputs]))
    let panel = 256
    let weight = TensorID(layer: index, role: .weight)
    add(
      "\(name)_input_gradient", layers: node.layers, .backward,
      .fixed((inputs + panel - 1) / panel),
      DenseInputGradientProduct(
        inputs: inputs, outputs: op.features, stride: stride, panel: panel, weight: weight,
        dyRows: dyRows, dxRows: dxRows, epilogue: gradient.epilogue, dx: gradient.dx),
      GradientEpilogue.effects(gradient.epilogue, reading: [dyRows])
        + [.read(.parameter(weight)), .write(gradient.dx), .write(dxRows)],
      operations: Double(2 * inputs * op.features)
        + GradientEpilogue.operations(gradient.epilogue) * Double(inputs))
  }

  /// Numbers from one row of `count` to the next: whole vectors. Rows that are a multiple of a KiB
  /// apart would fall on the same few lines of the first-level cache; they get a vector more, which
  /// nobody uses.
  private func rowStride(_ count: Int) -> Int {
    let length = (count + lanes - 1) / lanes * lanes
    return length * options.precision.bytes % 1024 == 0 ? length + lanes : length
  }

  /// The kernel that brings `value` into rows, their buffer, and the numbers from one row to the
  /// next.
  private mutating func planRows(
    _ name: String, _ node: Graph.Node, _ operand: DenseRows.Operand, of value: BufferID, count: Int
  ) -> (rows: BufferID, stride: Int) {
    let stride = rowStride(count)
    if let rows = inputRows(value, stride: stride) { return (rows.buffer, rows.stride) }
    let rows = makeBuffer("\(name)_rows", .numbers([blocks * lanes, stride]))
    add(
      "\(name)_rows_load", layers: node.layers, .backward, .perBlock(1),
      DenseRows(operand: operand, inputs: count, stride: stride, x: value, rows: rows),
      [.read(value), .write(rows)], operations: 0)
    return (rows, stride)
  }

  /// The kernels of a dense layer's weight gradient.
  mutating func planWeightGradient(_ op: Dense, _ node: Graph.Node) {
    guard let index = node.head else { return }
    let weight = TensorID(layer: index, role: .weight)
    guard let destination = destination(of: weight) else { return }
    let inputs = inputs(of: index)
    let name = model.layers[index].name
    let dy = place(node.operands[0])
    let (rows, stride) = planRows(
      name, node, .input, of: place(node.operands[1]), count: inputs)
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
      weight: weight, rows: rows, dy: dy, destination: destination)
    add(
      "\(name)_weight_gradient", layers: node.layers, .backward,
      .fixed(tile.rows.count * gradient.groups), gradient,
      [.read(rows), .read(dy)] + destination.effects(of: weight),
      operations: Double(2 * inputs * op.features))
  }
}
