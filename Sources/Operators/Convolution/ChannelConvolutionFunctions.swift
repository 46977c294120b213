import IR
import Lowering

// The C of convolutions whose channels are in the lanes.

extension SharedText {
  /// What packs a weight.
  fileprivate static let packConvolution = SharedText(
    "pack_convolution", template: "Convolution/channels_pack.c.mustache")
  fileprivate static let packGroups = SharedText(
    "pack_groups", template: "Convolution/channels_group_pack.c.mustache")
  /// Where the inputs of a vector of outputs begin.
  fileprivate static let channelGroups = SharedText(
    "channel_groups", template: "Convolution/channel_groups.c.mustache")
}

extension ChannelConvolution {
  /// What fills in the kernel.
  func channelContext(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> ChannelKernelContext {
    let sizes =
      [sizes(kernel.head, names, sharing: &shared)]
      + groupSizes(kernel.head, names, sharing: &shared)
    let function = task(names, sharing: &shared)
    let prepared = names.prepared(kernel.head)
    let weightShape = CText.shape(names.plan.model.declaration(of: weight).shape)
    return ChannelKernelContext(
      kernel, names, folds: true,
      shapes: "x \(input.text), weight \(weightShape), \(second.text)y \(output.text)",
      usesTask: true, task: tile.taskText(rows: rows),
      call: shared.call(
        function,
        ["task"] + sizes + [
          tile.rows.pieces, rows.pieces, tile.columns.pieces,
          "s->scratch + \(names.buffer(x))", "\(prepared)_weight", "\(prepared)_bias",
        ] + weights.slopeArguments(names) + second.arguments(names) + [names.lanes(y)]))
  }

  /// The function of one task.
  private func task(_ names: CodegenContext, sharing shared: inout SharedFunctions) -> String {
    shared.define(.pieceSize)
    shared.define(.edges)
    let (slope, other) = (activation.pointer.slope, second != nil)
    if other { shared.define(.pitch) }
    let stem = "convolution" + second.suffix + activation.suffix
    let tile = shared.name(
      ChannelTileFunction(
        template: "Convolution/channels_tile.c.mustache", stem: "\(stem)_tile", slope: slope,
        other: other,
        value: names.value(
          of: "sum[t * vectors + v]", second?.placed, as: "others[v]", then: activation)))
    let span = shared.name(
      ChannelTileCaller(
        template: "Convolution/channels_span.c.mustache", stem: "\(stem)_span", slope: slope,
        other: other, callee: tile))
    let rows = shared.name(
      ChannelTileCaller(
        template: "Convolution/channels_rows.c.mustache", stem: "\(stem)_rows", slope: slope,
        other: other, callee: span))
    return shared.name(
      ChannelConvolutionTask(
        stem: groups == nil ? "\(stem)_forward" : "grouped_\(stem)_forward", slope: slope,
        other: other, groups: groups != nil, callee: rows))
  }

  /// The sizes as C, defined where they are not yet.
  private func sizes(
    _ layer: Int, _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> String {
    let inner = innerColumns
    shared.define(.pieces)
    _ = shared.name(ConvolutionType(trains: false, channels: true))
    _ = shared.name(TileSize(names))
    return shared.name(
      SharedSizes(
        "channel_convolution", of: layer, names: names,
        [
          ("G", 1), ("CI", inputs), ("H", input.height), ("W", input.width),
          ("CO", output.channels), ("OH", output.height), ("OW", output.width),
        ] + window.sizes(height: input.height, outputHeight: output.height, inner: inner)
          + ChannelLayout.distances(from: input, to: output, lanes: names.plan.lanes)))
  }

  package func place(of index: Int, output: Int, lanes: Int) -> Int {
    let (ci, tap) = index.quotientAndRemainder(dividingBy: window.taps)
    let k = groups.map { $0.place(of: ci, output: output, lanes: lanes) } ?? ci
    return tile.place(of: tap * inputs + k, of: depth, output: output, lanes: lanes)
  }

  package func packing(
    _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> (function: String, arguments: [String]) {
    shared.define(.pieceSize)
    shared.define(.pieceOf)
    let sizes =
      [sizes(weight.layer, names, sharing: &shared)]
      + groupSizes(weight.layer, names, sharing: &shared)
    return (
      shared.name(groups == nil ? SharedText.packConvolution : .packGroups),
      sizes + [tile.rows.pieces]
    )
  }

  /// Those of its groups, likewise; empty where it has one.
  private func groupSizes(
    _ layer: Int, _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> [String] {
    guard let groups else { return [] }
    shared.define(.channelGroups)
    return [
      shared.name(
        SharedSizes(
          "channel_groups", of: layer, "_groups", names: names,
          [
            ("CO", groups.outputsOfGroup), ("CI", groups.inputsOfGroup), ("LAST", groups.last),
          ]))
    ]
  }
}

/// The function of one task.
struct ChannelConvolutionTask: SharedFunction {
  var template: String { "Convolution/channels_task.c.mustache" }
  let stem: String
  var name = ""
  /// Whether the activation's slopes are passed, another value, and the sizes of groups.
  let slope, other, groups: Bool
  let callee: String
}
