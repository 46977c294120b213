import IR
import Lowering

struct DenseForwardContext: TemplateContext {
  var template: String { "dense_forward.c.mustache" }
  let name, layer, source, formula: String
  let inputs, outputs, tileRows, tileColumns, tiles: Int
  let wideBlocks, bias: Bool
  let taskFeatures, firstFeature, featureCount: String
  let featureRuns: [TileRun]
  let x, y, value, weight, biasMember: String
  /// The buffer of the sums before the activation, where they are kept.
  let sums: String?
  let activationFormula: String?
  let partial: String?

  init(_ form: DenseForward, kernel: Kernel, names: Naming) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.formula(of: layer)
    inputs = form.inputs
    outputs = form.outputs
    tileRows = form.tile.rows.largest
    tileColumns = form.tile.columns.largest
    tiles = form.tile.rows.count
    wideBlocks = form.tile.columns.largest > 1
    bias = form.bias != nil
    taskFeatures = form.tile.rows.sizeText
    firstFeature = form.tile.rows.start("tile")
    featureCount = form.tile.rows.size("tile")
    featureRuns = TileRun.runs(form.tile.rows, index: "tile")
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    sums = form.sums.map(names.buffer)
    activationFormula = form.activation.map { "then y = \($0.body.formula), x the sum" }
    value = form.activation.map { names.vector($0, ["sum[o][b]"]) } ?? "sum[o][b]"
    weight = names.member(form.weight)
    biasMember = form.bias.map(names.member) ?? ""
    partial = form.partial.map(names.buffer)
  }
}

struct DenseInputGradientContext: TemplateContext {
  var template: String { "dense_input_gradient.c.mustache" }
  let name, layer, source: String
  let inputs, outputs, tileRows, tileColumns, tiles, tilesPerTask, outputsPerPass: Int
  let wideBlocks, passes: Bool
  let taskFeatures, firstFeature: String
  let featureRuns: [TileRun]
  let dy, dx, weight: String

  init(_ form: DenseInputGradient, kernel: Kernel, names: Naming) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    inputs = form.inputs
    outputs = form.outputs
    tileRows = form.tile.rows.largest
    tileColumns = form.tile.columns.largest
    tiles = form.tile.rows.count
    tilesPerTask = form.tilesPerTask
    outputsPerPass = form.outputsPerPass
    passes = form.outputsPerPass < form.outputs || form.tilesPerTask > 1
    wideBlocks = form.tile.columns.largest > 1
    taskFeatures = form.tile.rows.sizeText
    firstFeature = form.tile.rows.start("tile")
    featureRuns = TileRun.runs(form.tile.rows, index: "tile")
    dy = names.buffer(form.dy)
    dx = names.buffer(form.dx)
    weight = names.member(form.weight)
  }
}

struct DenseRowsContext: TemplateContext {
  var template: String { "dense_rows.c.mustache" }
  let name, layer, source, operand, x, rows: String
  let inputs, stride: Int
  let padded, severalLanes: Bool

  init(_ form: DenseRows, kernel: Kernel, names: Naming) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    operand = form.operand.rawValue
    x = names.buffer(form.x)
    rows = names.buffer(form.rows)
    inputs = form.inputs
    stride = form.stride
    padded = form.inputs % names.plan.lanes > 0
    severalLanes = names.plan.lanes > 1
  }
}

struct DenseInputGradientProductContext: TemplateContext {
  var template: String { "dense_input_gradient_product.c.mustache" }
  let name, layer, source, weight, dyRows, dxRows, dx: String
  let inputs, outputs, stride, panel: Int

  init(_ form: DenseInputGradientProduct, kernel: Kernel, names: Naming) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    weight = names.member(form.weight)
    dyRows = names.buffer(form.dyRows)
    dxRows = names.buffer(form.dxRows)
    dx = names.buffer(form.dx)
    inputs = form.inputs
    outputs = form.outputs
    stride = form.stride
    panel = form.panel
  }
}

struct DenseWeightGradientContext: TemplateContext {
  var template: String { "dense_weight_gradient.c.mustache" }
  let name, layer, source: String
  let update: Bool
  let inputs, outputs, stride, tileRows, tileColumns, tiles: Int
  let grouped: Bool
  let pieces, groupPieces, lastGroup: Int
  let destination, address, taskFeatures, firstFeature, pieceStart: String
  let featureRuns, pieceRuns: [TileRun]
  let rows, dy: String

  init(_ form: DenseWeightGradient, kernel: Kernel, names: Naming) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    update = form.destination == .update
    inputs = form.inputs
    outputs = form.outputs
    stride = form.stride
    tileRows = form.tile.rows.largest
    tileColumns = form.tile.columns.largest
    destination = names.storeRow(
      "sum[c][v]", of: form.weight, at: "at",
      count: form.inputs % names.plan.lanes == 0 ? "LANES" : "IN - first", form.destination)
    address = names.address(
      of: form.weight, at: "(o + c) * IN + f + v * LANES", form.destination)
    taskFeatures = form.tile.rows.sizeText
    firstFeature = form.tile.rows.start("tile")
    featureRuns = TileRun.runs(form.tile.rows, index: "tile")
    tiles = form.tile.rows.count
    pieces = form.tile.columns.count
    groupPieces = form.tilesPerGroup
    lastGroup = form.groups - 1
    grouped = form.groups > 1
    pieceStart = form.tile.columns.start("piece")
    pieceRuns = TileRun.runs(form.tile.columns, index: "piece")
    rows = names.buffer(form.rows)
    dy = names.buffer(form.dy)
  }
}
