import IR
import Lowering

struct ConvolutionWeightGradientContext: TemplateContext {
  var template: String { "Convolution/weight_gradient.c.mustache" }
  let name, layer, source, pieceText, xShape, weightShape, yShape: String
  let call: String
  let update: Bool

  /// - Parameter pieceText: What a task makes, in words.
  init(
    _ kernel: Kernel, _ sizes: ConvolutionNames, _ destination: GradientDestination,
    pieceText: String, call: String
  ) {
    name = sizes.names.function(kernel)
    layer = sizes.names.layer(kernel.head)
    source = sizes.names.line(of: kernel.head)
    self.pieceText = pieceText
    xShape = sizes.inputShape
    weightShape = sizes.weightShape
    yShape = sizes.outputShape
    self.call = call
    update = destination.moves
  }

  init(
    _ spec: ConvolutionWeightGradient, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let sizes = ConvolutionNames(geometry: spec.geometry, names: names, layer: kernel.head)
    let channels =
      "\(spec.outputTile.sizeText) x \(spec.inputTile.sizeText) channels"
    let pieceText =
      spec.groups.map {
        "the kernels of \($0.outputs.sizeText) x \($0.inputs.sizeText) tiles of \(channels)"
      } ?? "a kernel row of \(channels)"
    let geometry = sizes.sizes(sharing: &shared)
    let function = spec.function(names, sharing: &shared)
    var arguments = [
      "s", "task", geometry, spec.outputTile.pieces, spec.inputTile.pieces,
    ]
    if let groups = spec.groups {
      arguments += [groups.outputs, groups.inputs, groups.bands].map(\.pieces)
    } else {
      arguments += [spec.taps.pieces, "\(spec.parts.blocks)", "\(spec.parts.rows)"]
    }
    arguments += names.pitched(spec.x) + [names.lanes(spec.dy)]
    arguments.append(names.place(of: spec.weight, spec.destination))
    self.init(
      kernel, sizes, spec.destination, pieceText: pieceText,
      call: shared.call(function, arguments))
  }
}

extension ConvolutionWeightGradient {
  /// The function of one task.
  fileprivate func function(_ names: CodegenContext, sharing shared: inout SharedFunctions)
    -> String
  {
    let target = destination.target
    let isPart = names.isPart(x)
    let addRows = shared.name(SharedText.convolutionWeightGradientRows)
    func store(_ value: String) -> String {
      names.store("lanes_sum(\(value))", into: target, at: "at", destination)
    }
    if let groups {
      shared.define(.pieceSize)
      let band = shared.name(ConvolutionWeightGradientBand(addRows: addRows))
      return shared.name(
        ConvolutionWeightGradientGroup(
          isPart: isPart, groupOutputs: groups.outputs.largest, groupInputs: groups.inputs.largest,
          kernel: geometry.window.rows.kernel, sums: tileSums, band: band, target: target,
          store: store("sums[o][i][k / g.KW][(c * channels + d) * g.KW + k % g.KW].total")))
    }
    let tile = shared.name(
      ConvolutionWeightGradientTile(
        update: destination.moves, isPart: isPart, addRows: addRows, target: target,
        store: store("sums[(o * inputs + c) * taps + k].total")))
    let row = shared.name(ConvolutionWeightGradientTaps(isPart: isPart, tile: tile, target: target))
    return shared.name(ConvolutionWeightGradientTask(isPart: isPart, row: row, target: target))
  }
}
