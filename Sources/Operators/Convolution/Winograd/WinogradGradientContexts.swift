import IR
import Lowering

struct WinogradGradientContext: TemplateContext {
  var template: String { "Winograd/gradient.c.mustache" }
  let name, layer, source, pieceText, xShape, yShape, call: String
  let planes: Int

  init(
    _ spec: WinogradWeightGradient, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let (g, pass) = (spec.geometry, spec.pass)
    let own = WinogradNames(geometry: g, names: names, layer: kernel.head)
    name = names.function(kernel)
    layer = names.layer(kernel.head)
    source = names.line(of: kernel.head)
    planes = g.planes
    pieceText =
      "\(pass.shares.sizeText) tiles of \(pass.outputChannels) x \(pass.inputChannels) channels"
    xShape = CText.shape([g.channels, g.height, g.width])
    yShape = CText.shape([g.results, g.resultHeight, g.resultWidth])
    let sizes = own.sizes(strip: pass.strip, group: 1, sharing: &shared)
    call = shared.call(
      Self.task(g, isPart: names.isPart(spec.x), sharing: &shared),
      ["s", "task", sizes]
        + [pass.outputTile, pass.inputTile, pass.outputs, pass.inputs, pass.shares].map(\.pieces)
        + ["\(pass.outputPlane)", "\(pass.inputPlane)"] + names.pitched(spec.x)
        + [names.lanes(spec.dy)]
        + ["s->scratch + \(names.buffer(spec.products))"])
  }

  /// The function of one task.
  private static func task(
    _ g: WinogradGeometry, isPart: Bool, sharing shared: inout SharedFunctions
  ) -> String {
    defineAlong(g, sharing: &shared)
    for part in ["transform", "gradient_slopes", "gradient_load"] {
      _ = shared.name(WinogradText(part, g))
    }
    for part in ["gradient_tile", "gradient_products"] {
      shared.define(SharedText("winograd_\(part)", template: "Winograd/\(part).c.mustache"))
    }
    return shared.name(WinogradGradientTask(isPart: isPart, side: g.side, planes: g.planes))
  }

  /// The transforms along a row or a column.
  static func defineAlong(_ g: WinogradGeometry, sharing shared: inout SharedFunctions) {
    shared.define(
      SharedText(
        "winograd\(g.side)_gradient", template: "Winograd/along\(g.side)_gradient.c.mustache"))
  }
}

struct WinogradGradientTask: SharedFunction {
  var template: String { "Winograd/gradient_task.c.mustache" }
  var stem: String { "winograd\(side)_weight_gradient" }
  var name = ""
  let isPart: Bool
  let side, planes: Int
}

struct WinogradGradientWeightsContext: TemplateContext {
  var template: String { "Winograd/gradient_weights.c.mustache" }
  let name, layer, source, pieceText, weightShape, call: String
  let update: Bool

  init(
    _ spec: WinogradGradientWeights, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let (g, pass) = (spec.geometry, spec.pass)
    let own = WinogradNames(geometry: g, names: names, layer: kernel.head)
    name = names.function(kernel)
    layer = names.layer(kernel.head)
    source = names.line(of: kernel.head)
    pieceText = "\(pass.outputTile.sizeText) output channels"
    weightShape = own.weightShape
    update = spec.destination.moves
    let sizes = own.sizes(strip: pass.strip, group: 1, sharing: &shared)
    WinogradGradientContext.defineAlong(g, sharing: &shared)
    let target = spec.destination.target
    let task = shared.name(
      WinogradGradientWeightsTask(
        side: g.side, window: g.window, planes: g.planes, update: update, target: target,
        store: names.store("dw[j][c]", into: target, at: "at", spec.destination)))
    call = shared.call(
      task,
      (update ? ["s"] : []) + [
        "task", sizes, pass.outputTile.pieces, "\(pass.shares.count)",
        "s->scratch + \(names.buffer(spec.products))",
        names.place(of: spec.weight, spec.destination),
      ])
  }
}

struct WinogradGradientWeightsTask: SharedFunction {
  var template: String { "Winograd/gradient_weights_task.c.mustache" }
  var stem: String { "winograd\(side)_gradient_weights" }
  var name = ""
  let side, window, planes: Int
  let update: Bool
  let target, store: String
}
