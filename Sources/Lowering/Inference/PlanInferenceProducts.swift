import IR

extension InferencePlanner {
  /// Multiply-adds below which a kernel runs on the calling thread: waking others takes longer.
  private static let aloneBelow = 1 << 20
  /// Multiply-adds of a task.
  private static let taskWork = 1 << 17

  mutating func planConvolution(_ op: Convolution, _ index: Int, _ x: Place, _ y: Place) {
    let isRow = op.window == Window(kernel: 1) && sameImage(x.layout, y.layout)
    let input = isRow ? x.layout.asRow : x.layout
    let output = isRow ? y.layout.asRow : y.layout
    let depth = op.window.kernel * op.window.kernel * input.channels
    let vectors = vectors(op.channels)
    let tile = ChannelTile.search(
      vectors: vectors, columns: output.width, depth: depth, registers: options.target.registers)
    let work = depth * vectors * lanes * output.positions
    let isShared = work >= Self.aloneBelow
    let rowWork = depth * tile.vectors.largest * lanes * output.width
    let rows = Cut(
      output.height, limit: isShared ? max(1, Self.taskWork / rowWork) : output.height)
    let tasks = tile.vectors.count * rows.count
    let form = InferenceConvolution(
      window: op.window, input: input, output: output, tile: tile, rows: rows,
      weight: TensorID(layer: index, role: .weight), preparation: preparation(index),
      hasReLU: endsWithReLU(index), x: x.buffer, y: y.buffer)
    add(
      "\(model.layers[index].name)_forward", layer: index,
      Self.tasks(tasks, isShared: isShared), .convolution(form), reads: [x.buffer],
      writes: y.buffer, operations: Double(2 * depth * op.channels * output.positions))
  }

  mutating func planDense(_ index: Int, _ x: Place, _ y: Place) {
    let outputs = y.layout.channels
    // One x in all lanes, the weight from memory: the rest of the registers hold sums.
    let vectors = Cut(vectors(outputs), limit: max(1, options.target.registers * 3 / 4))
    let sums = max(1, ChannelTile.independentSums / vectors.largest)
    let form = InferenceDense(
      input: x.layout, outputs: outputs, vectors: vectors, sums: sums,
      weight: TensorID(layer: index, role: .weight), preparation: preparation(index),
      hasReLU: endsWithReLU(index), x: x.buffer, y: y.buffer)
    let work = form.inputs * y.layout.stride
    add(
      "\(model.layers[index].name)_forward", layer: index,
      Self.tasks(vectors.count, isShared: work >= Self.aloneBelow), .dense(form),
      reads: [x.buffer], writes: y.buffer, operations: Double(2 * form.inputs * outputs))
  }

  private static func tasks(_ count: Int, isShared: Bool) -> Kernel.Tasks {
    count == 1 ? .serial : isShared ? .fixed(count) : .inTurn(count)
  }

  private func sameImage(_ x: ChannelLayout, _ y: ChannelLayout) -> Bool {
    x.height == y.height && x.width == y.width
  }
}
