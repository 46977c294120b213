import IR
import Lowering

/// A part of the C that is the same for all tiles of one side.
struct WinogradText: SharedFunction {
  let template, stem: String
  var name = ""
  let side, window, planes: Int

  /// - Parameter part: The file name of the template without its endings.
  init(_ part: String, _ geometry: WinogradGeometry) {
    template = "Winograd/\(part).c.mustache"
    (side, window, planes) = (geometry.side, geometry.window, geometry.planes)
    stem = "winograd\(side)_\(part)"
  }
}

/// `struct winograd`, and how its planes lie.
struct WinogradType: SharedFunction {
  var template: String { "Winograd/winograd.c.mustache" }
  var stem: String { "winograd" }
  var name = ""
  let skew = WinogradPass.skew
  let weightSkew = WinogradPass.weightSkew
}

/// What both templates name.
struct WinogradNames {
  let geometry: WinogradGeometry
  let names: CodegenContext
  let layer: Int

  /// The sizes of `spec` as C, defined where they are not yet.
  func sizes(_ spec: WinogradConvolution, sharing shared: inout SharedFunctions) -> String {
    sizes(strip: spec.pass.strip, group: spec.pass.group, sharing: &shared)
  }

  /// The sizes of a pass in strips of groups of tiles.
  func sizes(strip: Int, group: Int, sharing shared: inout SharedFunctions) -> String {
    let g = geometry
    shared.define(.pieces)
    shared.define(.pieceSize)
    _ = shared.name(WinogradType())
    _ = shared.name(ThreadVectors(names))
    shared.define(SharedText("winograd\(g.side)", template: "Winograd/along\(g.side).c.mustache"))
    return shared.name(
      SharedSizes(
        "winograd", of: layer, names: names,
        [
          ("C", g.channels), ("H", g.height), ("W", g.width), ("K", g.results),
          ("OH", g.resultHeight), ("OW", g.resultWidth), ("PT", g.top), ("PL", g.left),
          ("SIDE", g.side), ("TW", g.tileColumns), ("STRIP", strip),
          ("GROUP", group),
        ]))
  }

  var weightShape: String {
    CText.shape(
      (g.isTurned ? [g.channels, g.results] : [g.results, g.channels]) + [3, 3])
  }

  private var g: WinogradGeometry { geometry }
}

struct WinogradContext: TemplateContext {
  var template: String { "Winograd/forward.c.mustache" }
  let name, layer, source, title, pieceText, x, xShape, weightShape, y, yShape, call: String
  let planes: Int
  let partial: Bool
  let then: String?

  init(
    _ spec: WinogradConvolution, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let g = spec.geometry
    let own = WinogradNames(geometry: g, names: names, layer: kernel.head)
    name = names.function(kernel)
    layer = names.layer(kernel.head)
    source = names.line(of: kernel.head)
    title = g.isTurned ? "input gradient" : "forward"
    planes = g.planes
    (x, y) = g.isTurned ? ("dy", "dx") : ("x", "y")
    pieceText =
      spec.pass.bands.count > 1 ? "\(spec.pass.bands.sizeText) rows of a block" : "a block"
    xShape = CText.shape([g.channels, g.height, g.width])
    yShape = CText.shape([g.results, g.resultHeight, g.resultWidth])
    weightShape = own.weightShape
    partial = spec.partial != nil
    then =
      spec.second.formula(then: spec.activation, names) ?? spec.epilogue.map { $0.text(names) }
    let sizes = own.sizes(spec, sharing: &shared)
    var arguments = [
      "s", "task", sizes, spec.pass.tile.pieces, spec.pass.bands.pieces, names.lanes(spec.x),
    ]
    if let products = spec.products {
      arguments.append("s->scratch + \(names.buffer(products))")
    } else {
      arguments.append("\(names.prepared(kernel.head))_weight")
    }
    arguments += [names.bias(spec.bias, spec.weights)].compactMap { $0 }
    arguments += spec.activation.arguments(names)
    arguments += ([spec.second?.buffer].compactMap { $0 } + (spec.epilogue?.saved ?? [])).map(
      names.lanes)
    arguments += [spec.sums, spec.y].compactMap { $0 }.map(names.lanes)
    arguments += [spec.partial].compactMap { $0 }.map { "moments_at(s, \(names.buffer($0)))" }
    call = shared.call(Self.task(spec, names, sharing: &shared), arguments)
  }

  /// The function of one task.
  private static func task(
    _ spec: WinogradConvolution, _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> String {
    _ = shared.name(TileSize(names))
    for part in ["transform", "load"] { _ = shared.name(WinogradText(part, spec.geometry)) }
    for part in ["tile", "products"] {
      shared.define(SharedText("winograd_\(part)", template: "Winograd/\(part).c.mustache"))
    }
    let (bias, sums) = (spec.bias != nil || spec.weights != nil, spec.sums != nil)
    let saved = spec.second.map { _ in [SecondOperand.name] } ?? spec.epilogue?.savedNames ?? []
    let end =
      (spec.second.map { "_\($0.function.name)" } ?? "")
      + ((spec.activation?.function ?? spec.epilogue?.function).map { "_\($0.name)" } ?? "")
    let slope = spec.activation.pointer.slope
    let value =
      spec.epilogue == nil
      ? names.value(of: "sum", spec.second, at: "at", then: spec.activation, at: "c")
      : names.value("sum", spec.epilogue, at: "at")
    let g = spec.geometry
    let stem = "winograd\(g.side)"
    let store = shared.name(
      WinogradStore(
        stem: stem + "_store" + (bias ? "_bias" : "") + end, side: g.side, window: g.window,
        bias: bias, slope: slope, sums: sums, saved: saved, value: value))
    return shared.name(
      WinogradTask(
        stem: stem + (bias ? "_bias" : "") + end + (spec.partial != nil ? "_moments" : ""),
        side: g.side, planes: g.planes, bias: bias, slope: slope, sums: sums,
        partial: spec.partial != nil, saved: saved, store: store))
  }
}

struct WinogradStore: SharedFunction {
  var template: String { "Winograd/store.c.mustache" }
  let stem: String
  var name = ""
  let side, window: Int
  let bias, slope, sums: Bool
  /// What the values are called that the epilogue reads.
  let saved: [String]
  /// What is stored of a `sum`.
  let value: String
}

struct WinogradTask: SharedFunction {
  var template: String { "Winograd/task.c.mustache" }
  let stem: String
  var name = ""
  let side, planes: Int
  let bias, slope, sums, partial: Bool
  let saved: [String]
  let store: String
}

struct WinogradWeightsContext: TemplateContext {
  var template: String { "Winograd/weights.c.mustache" }
  let name, layer, source, pieceText, weightShape, call: String
  let isTurned: Bool

  init(
    _ spec: WinogradWeights, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let own = WinogradNames(geometry: spec.geometry, names: names, layer: kernel.head)
    name = names.function(kernel)
    layer = names.layer(kernel.head)
    source = names.line(of: kernel.head)
    isTurned = spec.geometry.isTurned
    pieceText = "\(spec.tile.sizeText) \(isTurned ? "input" : "output") channels"
    weightShape = own.weightShape
    let reader = names.plan.kernels.lazy.compactMap { $0.spec as? WinogradConvolution }
      .first { $0.products == spec.products }
    guard let reader else { fatalError("nothing reads what \(kernel.name) makes") }
    let sizes = own.sizes(reader, sharing: &shared)
    _ = shared.name(WinogradText("weight", spec.geometry))
    let task = shared.name(WinogradWeightsTask(spec.geometry))
    call = shared.call(
      task,
      [
        "task", sizes, spec.tile.pieces, names.parameter(spec.weight),
        "s->scratch + \(names.buffer(spec.products))",
      ])
  }
}

struct WinogradWeightsTask: SharedFunction {
  var template: String { "Winograd/weights_task.c.mustache" }
  let stem: String
  var name = ""
  let side, planes: Int
  let isTurned: Bool

  init(_ geometry: WinogradGeometry) {
    (side, planes) = (geometry.side, geometry.planes)
    isTurned = geometry.isTurned
    stem = "winograd\(side)" + (isTurned ? "_turned_weights" : "_weights")
  }
}
