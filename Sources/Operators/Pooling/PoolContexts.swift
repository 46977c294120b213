import IR
import Lowering

extension SharedText {
  /// How many cells of a window count.
  static let covered = SharedText("covered", template: "Pooling/covered.c.mustache")

  /// `struct pool`.
  static let pool = SharedText("pool", template: "Pooling/pool.c.mustache")
}

extension PoolGeometry {
  /// The sizes as C, defined where they are not yet.
  func sizes(_ layer: Int, _ names: CodegenContext, sharing shared: inout SharedFunctions) -> String
  {
    shared.define(.pool)
    if pooling.isAverage, divisor == nil { shared.define(.covered) }
    let counted = counted
    return shared.name(
      SharedSizes(
        "pool", of: layer, names: names,
        [
          ("H", height), ("W", width), ("OH", outputHeight), ("OW", outputWidth),
          ("KH", window.rows.kernel), ("KW", window.columns.kernel), ("SH", window.rows.stride),
          ("SW", window.columns.stride), ("DH", window.rows.dilation),
          ("DW", window.columns.dilation), ("PT", window.rows.before),
          ("PL", window.columns.before), ("EDGES", hasEdges ? 1 : 0), ("TOP", -counted.top),
          ("BOTTOM", height + counted.bottom), ("LEFT", -counted.left),
          ("RIGHT", width + counted.right),
        ]))
  }

  /// The argument for each number's share of a window's mean, where that is one for all windows.
  var shares: [String] { divisor.map { [CText.real(1 / Double($0))] } ?? [] }
}

struct PoolForwardTask: SharedFunction {
  var template: String { "Pooling/forward_task.c.mustache" }
  let stem: String
  var name = ""
  let average, varies: Bool
  let what: String
  /// Whether lanes without an example have to be set to 0, whether the activation's slope is passed, and
  /// whether numbers are stored before it too.
  let masks, slope, keeps: Bool
  /// C for a number, and for what is stored of it.
  let number, value: String

  init(_ pool: PoolGeometry, _ stored: StoredValue, _ names: CodegenContext) {
    average = pool.pooling.isAverage
    stem = (average ? "avgpool" : "maxpool") + stored.suffix + "_forward"
    varies = average && pool.divisor == nil
    what = average ? "the mean" : "the largest number"
    (masks, slope, keeps) = (stored.masks, stored.pointer.slope, stored.keeps)
    number = average ? "sum * share" : "best"
    value = stored.text(number, names)
  }
}

struct PoolBackwardTask: SharedFunction {
  var template: String { "Pooling/backward_task.c.mustache" }
  let stem: String
  var name = ""
  let average, varies: Bool
  let saved: [String]
  let rule: String
  /// What becomes of the sum `dx[k]`; nil where nothing does.
  let value: String?
}

struct PoolForwardContext: TemplateContext {
  var template: String { "Pooling/forward.c.mustache" }
  let name, layer, source, formula, xShape, yShape, call: String
  let epilogueText: String?

  init(
    _ spec: PoolForward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.formula(of: layer)
    xShape = names.inputShape(of: layer)
    yShape = names.outputShape(of: layer)
    let sizes = spec.pool.sizes(layer, names, sharing: &shared)
    let stored = spec.result.stored
    epilogueText = stored.comment(kernel.layers, names)
    let channels = spec.pool.channels
    call = CText.call(
      shared.name(PoolForwardTask(spec.pool, stored, names)),
      (stored.masks ? ["active_lanes(s, task / \(channels))"] : []) + ["task", sizes]
        + spec.pool.shares + stored.slopeArguments(of: "task % \(channels)", names)
        + [names.lanes(spec.x)] + spec.result.arguments(names))
  }
}

struct PoolBackwardContext: TemplateContext {
  var template: String { "Pooling/backward.c.mustache" }
  let name, layer, source, xShape, yShape, call: String
  let average: Bool
  let epilogueText: String?

  init(
    _ spec: PoolBackward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    average = spec.pool.pooling.isAverage
    xShape = names.inputShape(of: layer)
    yShape = names.outputShape(of: layer)
    let sizes = spec.pool.sizes(layer, names, sharing: &shared)
    epilogueText = spec.epilogue.map { $0.text(names) }
    let saved = spec.epilogue?.savedNames ?? []
    let function = shared.name(
      PoolBackwardTask(
        stem: (average ? "avgpool_" : "maxpool_")
          + (spec.epilogue?.function.name ?? "backward"),
        average: average, varies: average && spec.pool.divisor == nil, saved: saved,
        rule: average
          ? "dy shared among the numbers of its window"
          : "dy for the first of the largest numbers of its window",
        value: spec.epilogue.map { names.value("dx[k]", $0, at: "k") }))
    call = CText.call(
      function,
      (spec.epilogue == nil ? [] : ["s"]) + ["task", sizes] + spec.pool.shares
        + ([spec.x, spec.dy] + (spec.epilogue?.saved ?? [])).compactMap { $0 }.map(names.lanes)
        + (spec.epilogue == nil ? [] : ["\(spec.pool.channels)"]) + [names.lanes(spec.dx)])
  }
}
