import IR
import Lowering

extension KernelPlanner {
  /// The kernel of a depthwise convolution of `x`, whose channels are in the lanes.
  mutating func planDepthwise(
    _ operation: ConvolutionOperation, _ node: Graph.Node, of x: ChannelValue
  ) {
    guard let index = node.head else { return }
    let window = window(of: model.layers[index])
    let y = makeChannelResult(of: node)
    let vectors = y.layout.vectors(of: lanes)
    let rowWork = window.taps * vectors * lanes * y.layout.width
    let isShared = rowWork * y.layout.height >= Self.aloneBelow
    let rows = Partition(
      y.layout.height, limit: isShared ? max(1, Self.taskWork / rowWork) : y.layout.height)
    let weight = TensorID(layer: index, role: .weight)
    let weights = packedWeights(
      of: node, folding: operation.folded ?? [],
      packing: .init(
        weight: weight, tiles: Partition(vectors, limit: 1), depth: window.taps,
        layout: "[\(window.rows.kernel)][\(window.columns.kernel)]"),
      then: operation.activation)
    addForward(
      node, Self.tasks(rows.count, isShared: isShared),
      ChannelDepthwise(
        window: window, input: x.layout, output: y.layout, rows: rows,
        columns: Partition(y.layout.width, limit: 8), weight: weight, weights: weights,
        second: .of(operation.second, in: self), activation: operation.activation, x: x.buffer,
        y: y.buffer),
      operations: Double(2 * window.taps * y.layout.channels * y.layout.positions))
  }
}

/// A depthwise convolution, channels in the lanes: each channel under its own window. A task makes
/// some output rows; the weight lies as `[vector][ky][kx]`.
package struct ChannelDepthwise: FreezingSpec {
  package var window: Window
  package var input: ChannelLayout
  package var output: ChannelLayout
  /// Output rows a task.
  package var rows: Partition
  /// Output columns a tile, for which each vector of the weight is loaded once.
  package var columns: Partition
  package var weight: TensorID
  package var weights: PackedWeights
  /// What the sums are put together with before the activation.
  package var second: ChannelSecondOperand?
  /// What each sum goes through.
  package var activation: Activation?
  package var x: BufferID
  package var y: BufferID

  package var values: [(buffer: BufferID, layout: ChannelLayout)] {
    [(x, input), (y, output)] + second.values
  }

  package var packedWeights: PackedWeights? { weights }

  package var functions: [ScalarFunction] { second.functions + activation.functions }

  package var tileSums: Int { columns.largest }

  package var tileText: String? { "tiles of 1 x \(columns.largest)" }

  package func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)] {
    [
      (weights.vectors * lanes == output.numbers, "its weight leaves channels out"),
      (input.numbers == output.numbers, "its channels are others than its result's"),
      (rows.length == output.height, "its tasks leave rows out"),
      (columns.length == output.width, "its tiles leave columns out"),
    ]
  }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let sizes = sizes(kernel.head, names, sharing: &shared)
    shared.define(.pieceSize)
    shared.define(.vectorsOf)
    shared.define(.edges)
    _ = shared.name(TileSize(names))
    let (slope, other) = (activation.pointer.slope, second != nil)
    if other { shared.define(.pitch) }
    let stem = "depthwise" + second.suffix + activation.suffix
    var function = shared.name(
      ChannelTileFunction(
        template: "Convolution/channels_depthwise_tile.c.mustache", stem: stem + "_tile",
        slope: slope, other: other,
        value: names.value(
          of: "sum[t]", second?.placed, as: "*others", then: activation,
          slopes: "*slope")))
    for (part, template) in [
      ("span", "channels_span"), ("rows", "channels_rows"), ("forward", "channels_depthwise_task"),
    ] {
      function = shared.name(
        ChannelTileCaller(
          template: "Convolution/\(template).c.mustache", stem: "\(stem)_\(part)", slope: slope,
          other: other, callee: function))
    }
    let prepared = names.prepared(kernel.head)
    let weightShape = CText.shape(names.plan.model.declaration(of: weight).shape)
    return ChannelKernelContext(
      kernel, names, folds: true,
      shapes: "x \(input.text), weight \(weightShape), \(second.text)y \(output.text)",
      usesTask: true,
      task: rows.count > 1 ? "\(rows.sizeText) \(rows.largest > 1 ? "rows" : "row")" : nil,
      call: shared.call(
        function,
        [
          "task", sizes, rows.pieces, columns.pieces,
          "s->scratch + \(names.buffer(x))", "\(prepared)_weight", "\(prepared)_bias",
        ] + weights.slopeArguments(names) + second.arguments(names) + [names.lanes(y)]))
  }

  package func place(of index: Int, output: Int, lanes: Int) -> Int {
    (output / lanes * window.taps + index) * lanes + output % lanes
  }

  package func packing(
    _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> (function: String, arguments: [String]) {
    (
      shared.name(SharedText.packDepthwise), [sizes(weight.layer, names, sharing: &shared)]
    )
  }

  /// The sizes as C, defined where they are not yet.
  private func sizes(
    _ layer: Int, _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> String {
    let inner = window.columns.inner(count: output.width, in: input.width)
    shared.define(.pieces)
    _ = shared.name(ConvolutionType(trains: false, channels: true))
    return shared.name(
      SharedSizes(
        "channel_convolution", of: layer, names: names,
        [
          ("G", input.channels), ("CI", 1), ("H", input.height), ("W", input.width), ("CO", 1),
          ("OH", output.height), ("OW", output.width),
        ] + window.sizes(height: input.height, outputHeight: output.height, inner: inner)
          + ChannelLayout.distances(from: input, to: output, lanes: names.plan.lanes)))
  }
}

extension SharedText {
  /// What packs a depthwise weight.
  fileprivate static let packDepthwise = SharedText(
    "pack_depthwise", template: "Convolution/channels_depthwise_pack.c.mustache")
}
