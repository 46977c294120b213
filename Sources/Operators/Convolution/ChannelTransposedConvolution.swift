import IR
import Lowering

extension KernelPlanner {
  /// The kernel of a transposed convolution of `x`, whose channels are in the lanes.
  mutating func planTransposedConvolution(
    _ operation: TransposedConvolutionOperation, _ node: Graph.Node, of x: ChannelValue
  ) {
    guard let index = node.head else { return }
    let layer = model.layers[index]
    let window = operation.convolution.adjoint(of: model.shape(of: layer.operands[0]))
      .window(over: layer.shape)
    let y = makeChannelResult(of: node)
    let (stride, taps) = (window.columns.stride, window.taps)
    // Of one column only the taps whose place lies on a column of x.
    let depth = max(1, taps / (window.rows.stride * stride)) * x.layout.channels
    let vectors = y.layout.vectors(of: lanes)
    let columns = (y.layout.width + stride - 1) / stride
    let tile = RegisterTile.searchChannels(
      vectors: vectors, columns: columns, depth: depth, registers: options.target.registers)
    let isShared = depth * vectors * lanes * y.layout.positions >= Self.aloneBelow
    let rowWork = depth * tile.rows.largest * lanes * y.layout.width
    let rows = Partition(
      y.layout.height, limit: isShared ? max(1, Self.taskWork / rowWork) : y.layout.height)
    let weight = TensorID(layer: index, role: .weight)
    let weights = packedWeights(
      of: node, folding: operation.folded ?? [],
      packing: .init(
        weight: weight, tiles: tile.rows, depth: taps * x.layout.channels,
        layout: "[\(window.rows.kernel)][\(window.columns.kernel)][\(x.layout.channels)]"),
      then: operation.activation)
    addForward(
      node, Self.tasks(tile.rows.count * rows.count, isShared: isShared),
      ChannelTransposedConvolution(
        window: window, input: x.layout, output: y.layout, tile: tile, rows: rows, weight: weight,
        weights: weights, activation: operation.activation, x: x.buffer, y: y.buffer),
      operations: Double(2 * taps * x.layout.channels * x.layout.positions * y.layout.channels))
  }
}

/// A transposed convolution, channels in the lanes: a task makes some output rows of one tile of output
/// channels. Columns that are a stride apart lie under the same taps, and are computed together; the
/// weight lies as `[tile][ky][kx][ci][vectors of the tile]`.
struct ChannelTransposedConvolution: FreezingSpec {
  /// That of the convolution which is turned around, over the result.
  var window: Window
  var input: ChannelLayout
  var output: ChannelLayout
  /// Vectors of channels, and columns a stride apart.
  var tile: RegisterTile
  /// Output rows a task.
  var rows: Partition
  var weight: TensorID
  var weights: PackedWeights
  /// What each sum goes through.
  var activation: Activation?
  var x: BufferID
  var y: BufferID

  /// Numbers of the weight of one output channel.
  private var depth: Int { window.taps * input.channels }

  var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  var packedWeights: PackedWeights? { weights }

  var functions: [ScalarFunction] { activation.functions }

  var tileSums: Int { tile.rows.largest * tile.columns.largest }

  var tileText: String? { Partition.tileText(tile.rows, tile.columns) }

  func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)] {
    [
      (tile.rows.length * lanes == output.numbers, "its tiles leave channels out"),
      (rows.length == output.height, "its tasks leave rows out"),
      (tile.fitsChannels(registers), "its tile needs more registers than there are"),
      (weights.vectors == tile.rows.length, "its weight is of another size"),
    ]
  }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let sizes = sizes(kernel.head, names, sharing: &shared)
    let function = task(names, sharing: &shared)
    let prepared = names.prepared(kernel.head)
    let weightShape = CText.shape(names.plan.model.declaration(of: weight).shape)
    return ChannelKernelContext(
      kernel, names, folds: true,
      shapes: "x \(input.text), weight \(weightShape), y \(output.text)", usesTask: true,
      task: tile.taskText(rows: rows),
      call: shared.call(
        function,
        [
          "task", sizes, tile.rows.pieces, rows.pieces,
          "\(tile.columns.largest)", "s->scratch + \(names.buffer(x))", "\(prepared)_weight",
          "\(prepared)_bias",
        ] + weights.slopeArguments(names) + [names.lanes(y)]))
  }

  /// The function of one task.
  private func task(_ names: CodegenContext, sharing shared: inout SharedFunctions) -> String {
    shared.define(.pieceSize)
    let stem = "transposed" + activation.suffix
    let slope = activation.pointer.slope
    var function = shared.name(
      SharedValueFunction(
        "\(stem)_tile", template: "Convolution/transposed_tile.c.mustache", slope: slope,
        value: names.activated("sum[t * vectors + v]", by: activation)))
    for part in ["span", "rows", "task"] {
      function = shared.name(
        SharedCaller(
          part == "task" ? "\(stem)_forward" : "\(stem)_\(part)",
          template: "Convolution/transposed_\(part).c.mustache", slope: slope, calling: function))
    }
    return function
  }

  /// The sizes as C, defined where they are not yet.
  private func sizes(
    _ layer: Int, _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> String {
    shared.define(.pieces)
    shared.define(SharedText("transposed", template: "Convolution/transposed.c.mustache"))
    _ = shared.name(TileSize(names))
    return shared.name(
      SharedSizes(
        "transposed", of: layer, names: names,
        [
          ("CI", input.channels), ("H", input.height), ("W", input.width),
          ("CO", output.channels), ("OH", output.height), ("OW", output.width),
          ("KH", window.rows.kernel), ("KW", window.columns.kernel), ("SH", window.rows.stride),
          ("SW", window.columns.stride), ("DH", window.rows.dilation),
          ("DW", window.columns.dilation), ("PT", window.rows.before),
          ("PL", window.columns.before),
        ] + ChannelLayout.distances(from: input, to: output, lanes: names.plan.lanes)))
  }

  func place(of index: Int, output: Int, lanes: Int) -> Int {
    let (ci, tap) = index.quotientAndRemainder(dividingBy: window.taps)
    return tile.place(
      of: tap * input.channels + ci, of: depth, output: output, lanes: lanes)
  }

  func canonicalPlace(of index: Int, output: Int, depth: Int) -> Int {
    let (ci, tap) = index.quotientAndRemainder(dividingBy: window.taps)
    return (ci * self.output.channels + output) * window.taps + tap
  }

  func packing(
    _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> (function: String, arguments: [String]) {
    shared.define(.pieceSize)
    shared.define(.pieceOf)
    return (
      shared.name(
        SharedText("pack_transposed", template: "Convolution/transposed_pack.c.mustache")),
      [sizes(weight.layer, names, sharing: &shared), tile.rows.pieces]
    )
  }
}
