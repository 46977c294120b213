import IR
import Lowering

struct ChannelGradientSumsContext: TemplateContext {
  var template: String { "Convolution/channel_gradient.c.mustache" }
  let name, layer, source, pieceText, xShape, yShape, call: String

  init(
    _ spec: ChannelGradientSums, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let pass = spec.pass
    let sizes = ConvolutionNames(geometry: spec.geometry, names: names, layer: kernel.head)
    name = names.function(kernel)
    layer = names.layer(kernel.head)
    source = names.line(of: kernel.head)
    xShape = sizes.inputShape
    yShape = sizes.outputShape
    pieceText =
      Self.count(pass.shares, "band") + " of rows, " + Self.count(pass.groups, "tile")
      + " of output channels"
    let geometry = sizes.sizes(sharing: &shared)
    call = shared.call(
      Self.task(names, isPart: names.isPart(spec.x), sharing: &shared),
      ["s", "task", geometry]
        + [pass.outputTile, pass.inputTile, pass.groups, pass.bands, pass.shares].map(\.pieces)
        + names.pitched(spec.x)
        + [names.lanes(spec.dy), "s->scratch + \(names.buffer(spec.sums))"])
  }

  /// `3 or 2 tiles`, `1 tile`.
  static func count(_ pieces: Partition, _ one: String, _ several: String? = nil) -> String {
    "\(pieces.sizeText) \(pieces.largest == 1 ? one : several ?? one + "s")"
  }

  /// The function of one task.
  private static func task(
    _ names: CodegenContext, isPart: Bool, sharing shared: inout SharedFunctions
  ) -> String {
    shared.define(.pieceSize)
    _ = shared.name(ThreadVectors(names))
    for part in ["load", "tile"] {
      shared.define(
        SharedText(
          "convolution_channel_gradient_\(part)",
          template: "Convolution/channel_gradient_\(part).c.mustache"))
    }
    return shared.name(ChannelGradientTask(isPart: isPart))
  }
}

struct ChannelGradientTask: SharedFunction {
  var template: String { "Convolution/channel_gradient_task.c.mustache" }
  var stem: String { "convolution_channel_gradient" }
  var name = ""
  let isPart: Bool
}

struct ChannelGradientWeightsContext: TemplateContext {
  var template: String { "Convolution/channel_gradient_weights.c.mustache" }
  let name, layer, source, pieceText, weightShape, call: String
  let update: Bool

  init(
    _ spec: ChannelGradientWeights, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let sizes = ConvolutionNames(geometry: spec.geometry, names: names, layer: kernel.head)
    name = names.function(kernel)
    layer = names.layer(kernel.head)
    source = names.line(of: kernel.head)
    pieceText =
      ChannelGradientSumsContext.count(spec.tasks, "stretch", "stretches")
      + " of \(ChannelGradientPass.stretch) numbers"
    weightShape = sizes.weightShape
    update = spec.destination.moves
    let geometry = sizes.sizes(sharing: &shared)
    let target = spec.destination.target
    let task = shared.name(
      ChannelGradientWeightsTask(
        update: update, target: target, stretch: ChannelGradientPass.stretch,
        store: names.store("total[k][l]", into: target, at: "at", spec.destination)))
    call = shared.call(
      task,
      (update ? ["s"] : []) + [
        "task", geometry, spec.tasks.pieces, "\(spec.pass.shares.count)",
        "s->scratch + \(names.buffer(spec.sums))", names.place(of: spec.weight, spec.destination),
      ])
  }
}

struct ChannelGradientWeightsTask: SharedFunction {
  var template: String { "Convolution/channel_gradient_weights_task.c.mustache" }
  var stem: String { "convolution_channel_gradient_weights" }
  var name = ""
  let update: Bool
  let target: String
  let stretch: Int
  let store: String
}
