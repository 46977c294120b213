import IR
import Lowering

// The C of convolutions whose channels are in the lanes.

struct ChannelConvolutionTile: SharedFunction {
  var template: String { "Convolution/channels_tile.c.mustache" }
  let stem: String
  var name = ""
  let value: String
}

struct ChannelConvolutionSpan: SharedFunction {
  var template: String { "Convolution/channels_span.c.mustache" }
  let stem: String
  var name = ""
  let tile: String
}

struct ChannelConvolutionRows: SharedFunction {
  var template: String { "Convolution/channels_rows.c.mustache" }
  let stem: String
  var name = ""
  let span: String
}

struct ChannelConvolutionTask: SharedFunction {
  var template: String { "Convolution/channels_task.c.mustache" }
  let stem: String
  var name = ""
  let rows: String
}

extension SharedText {
  /// What packs a weight.
  fileprivate static let packConvolution = SharedText(
    "pack_convolution", template: "Convolution/channels_pack.c.mustache")
}

extension ChannelConvolution {
  /// What fills in the kernel.
  func channelContext(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> ChannelKernelContext {
    let sizes = sizes(kernel.head, names, sharing: &shared)
    let function = task(names, sharing: &shared)
    let prepared = "s->prepared->\(names.layer(kernel.head))"
    let parts = [
      rows.count > 1 ? "\(rows.sizeText) \(rows.largest > 1 ? "rows" : "row")" : nil,
      tile.vectors.count > 1 ? "\(tile.vectors.sizeText) vectors of channels" : nil,
    ].compactMap { $0 }
    let weightShape = CText.shape(names.plan.model.declaration(of: weight).shape)
    return ChannelKernelContext(
      kernel, names, folds: true,
      shapes: "x \(input.text), weight \(weightShape), y \(output.text)",
      task: parts.isEmpty ? nil : parts.joined(separator: " of "),
      call: CText.call(
        function,
        [
          "task", sizes, "\(input.stride)", tile.vectors.pieces, rows.pieces, tile.columns.pieces,
          "s->scratch + \(names.buffer(x))", "\(prepared)_weight", "\(prepared)_bias",
          names.lanes(y),
        ]))
  }

  /// The function of one task.
  private func task(_ names: CodegenContext, sharing shared: inout SharedFunctions) -> String {
    shared.define(.pieceSize)
    shared.define(.vectorsOf)
    shared.define(.edges)
    let stem = "convolution" + (activation.map { "_\($0.name)" } ?? "")
    let sum = "sum[t * vectors + v]"
    let tile = shared.name(
      ChannelConvolutionTile(
        stem: "\(stem)_tile", value: activation.map { names.vector($0, [sum]) } ?? sum))
    let span = shared.name(ChannelConvolutionSpan(stem: "\(stem)_span", tile: tile))
    let rows = shared.name(ChannelConvolutionRows(stem: "\(stem)_rows", span: span))
    return shared.name(ChannelConvolutionTask(stem: "\(stem)_forward", rows: rows))
  }

  /// The sizes as C, defined where they are not yet.
  private func sizes(
    _ layer: Int, _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> String {
    let inner = innerColumns
    shared.define(.pieces)
    _ = shared.name(ConvolutionType(trains: false))
    _ = shared.name(TileSize(names))
    return shared.name(
      SharedSizes(
        "convolution", of: layer, names: names,
        [
          ("CI", input.channels), ("H", input.height), ("W", input.width),
          ("CO", output.channels), ("OH", output.height), ("OW", output.width),
          ("K", window.kernel), ("S", window.stride), ("P", window.padding),
          ("INNER", inner.lowerBound), ("INNER_END", inner.upperBound),
        ]))
  }

  package func packing(
    _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> (function: String, arguments: [String]) {
    shared.define(.pieceSize)
    shared.define(.pieceOf)
    return (
      shared.name(SharedText.packConvolution),
      [sizes(weight.layer, names, sharing: &shared), tile.vectors.pieces]
    )
  }
}
