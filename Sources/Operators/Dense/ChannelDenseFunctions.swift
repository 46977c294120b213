import IR
import Lowering

// The C of dense layers whose channels are in the lanes.

extension SharedText {
  /// `struct channel_dense`.
  fileprivate static let channelDense = SharedText(
    "channel_dense", template: "Dense/channels.c.mustache")

  /// What packs a weight.
  fileprivate static let packDense = SharedText(
    "pack_dense", template: "Dense/channels_pack.c.mustache")
}

extension ChannelDense {
  /// What fills in the kernel.
  func channelContext(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> ChannelKernelContext {
    let sizes = sizes(kernel.head, names, sharing: &shared)
    let stem = "dense" + activation.suffix
    let slope = activation.pointer.slope
    let tile = shared.name(
      SharedValueFunction(
        "\(stem)_tile", template: "Dense/channels_tile.c.mustache", slope: slope,
        value: names.activated("sum[v]", by: activation)))
    let function = shared.name(
      SharedCaller(
        "\(stem)_forward", template: "Dense/channels_task.c.mustache", slope: slope, calling: tile))
    let prepared = names.prepared(kernel.head)
    return ChannelKernelContext(
      kernel, names, folds: true,
      shapes: "x [\(inputs)], weight [\(output.channels), \(inputs)], y [\(output.channels)]",
      usesTask: true, task: vectors.count > 1 ? "\(vectors.sizeText) vectors of outputs" : nil,
      call: shared.call(
        function,
        [
          "task", sizes, vectors.pieces, "\(sums)", "s->scratch + \(names.buffer(x))",
          "\(prepared)_weight", "\(prepared)_bias",
        ] + weights.slopeArguments(names) + [names.lanes(y)]))
  }

  /// The sizes as C, defined where they are not yet.
  private func sizes(
    _ layer: Int, _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> String {
    shared.define(.pieces)
    shared.define(.channelDense)
    _ = shared.name(TileSize(names))
    return shared.name(
      SharedSizes(
        "channel_dense", of: layer, names: names,
        [
          ("PLANE", input.positions), ("C", input.channels), ("STRIDE", input.stride),
          ("OUT", output.channels),
        ]))
  }

  package func place(of index: Int, output: Int, lanes: Int) -> Int {
    let (channel, position) = index.quotientAndRemainder(dividingBy: input.positions)
    let (vector, lane) = output.quotientAndRemainder(dividingBy: lanes)
    let piece = vectors.piece(of: vector)
    let row =
      piece.start * inputs + (position * input.channels + channel) * piece.size + vector
      - piece.start
    return row * lanes + lane
  }

  package func packing(
    _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> (function: String, arguments: [String]) {
    shared.define(.pieceSize)
    shared.define(.pieceOf)
    return (
      shared.name(SharedText.packDense),
      [sizes(weight.layer, names, sharing: &shared), vectors.pieces]
    )
  }
}
