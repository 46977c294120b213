import IR
import Lowering

struct DenseForwardContext: TemplateContext {
  var template: String { "dense_forward.c.mustache" }
  let name, layer, source, formula: String
  let inputs, outputs, tileRows, tileColumns, tiles: Int
  let wideBlocks, bias: Bool
  let taskFeatures, firstFeature, featureCount: String
  let featureRuns: [TileRun]
  let x, y, weight, biasMember: String
  let partial: String?

  init(_ kernel: DenseForward, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.plan.model.layers[layer].op.definition.formula
    inputs = kernel.inputs
    outputs = kernel.outputs
    tileRows = kernel.tile.rows.largest
    tileColumns = kernel.tile.columns.largest
    tiles = kernel.tile.rows.count
    wideBlocks = kernel.tile.columns.largest > 1
    bias = kernel.bias != nil
    taskFeatures = kernel.tile.rows.sizeText
    firstFeature = kernel.tile.rows.start("tile")
    featureCount = kernel.tile.rows.size("tile")
    featureRuns = TileRun.runs(kernel.tile.rows, index: "tile")
    x = names.buffer(kernel.x)
    y = names.buffer(kernel.y)
    weight = names.member(kernel.weight)
    biasMember = kernel.bias.map(names.member) ?? ""
    partial = kernel.partial.map(names.buffer)
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

  init(_ kernel: DenseInputGradient, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    inputs = kernel.inputs
    outputs = kernel.outputs
    tileRows = kernel.tile.rows.largest
    tileColumns = kernel.tile.columns.largest
    tiles = kernel.tile.rows.count
    tilesPerTask = kernel.tilesPerTask
    outputsPerPass = kernel.outputsPerPass
    passes = kernel.outputsPerPass < kernel.outputs || kernel.tilesPerTask > 1
    wideBlocks = kernel.tile.columns.largest > 1
    taskFeatures = kernel.tile.rows.sizeText
    firstFeature = kernel.tile.rows.start("tile")
    featureRuns = TileRun.runs(kernel.tile.rows, index: "tile")
    dy = names.buffer(kernel.dy)
    dx = names.buffer(kernel.dx)
    weight = names.member(kernel.weight)
  }
}

struct DenseRowsContext: TemplateContext {
  var template: String { "dense_rows.c.mustache" }
  let name, layer, source, operand, x, rows: String
  let inputs, stride: Int
  let padded, severalLanes: Bool

  init(_ kernel: DenseRows, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    operand = kernel.operand.rawValue
    x = names.buffer(kernel.x)
    rows = names.buffer(kernel.rows)
    inputs = kernel.inputs
    stride = kernel.stride
    padded = kernel.inputs % names.plan.lanes > 0
    severalLanes = names.plan.lanes > 1
  }
}

struct DenseInputGradientProductContext: TemplateContext {
  var template: String { "dense_input_gradient_product.c.mustache" }
  let name, layer, source, weight, dyRows, dxRows, dx: String
  let inputs, outputs, stride, panel: Int

  init(_ kernel: DenseInputGradientProduct, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    weight = names.member(kernel.weight)
    dyRows = names.buffer(kernel.dyRows)
    dxRows = names.buffer(kernel.dxRows)
    dx = names.buffer(kernel.dx)
    inputs = kernel.inputs
    outputs = kernel.outputs
    stride = kernel.stride
    panel = kernel.panel
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

  init(_ kernel: DenseWeightGradient, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    update = kernel.destination == .update
    inputs = kernel.inputs
    outputs = kernel.outputs
    stride = kernel.stride
    tileRows = kernel.tile.rows.largest
    tileColumns = kernel.tile.columns.largest
    destination = names.storeRow(
      "sum[c][v]", of: kernel.weight, at: "at",
      count: kernel.inputs % names.plan.lanes == 0 ? "LANES" : "IN - first", kernel.destination)
    address = names.address(
      of: kernel.weight, at: "(o + c) * IN + f + v * LANES", kernel.destination)
    taskFeatures = kernel.tile.rows.sizeText
    firstFeature = kernel.tile.rows.start("tile")
    featureRuns = TileRun.runs(kernel.tile.rows, index: "tile")
    tiles = kernel.tile.rows.count
    pieces = kernel.tile.columns.count
    groupPieces = kernel.tilesPerGroup
    lastGroup = kernel.groups - 1
    grouped = kernel.groups > 1
    pieceStart = kernel.tile.columns.start("piece")
    pieceRuns = TileRun.runs(kernel.tile.columns, index: "piece")
    rows = names.buffer(kernel.rows)
    dy = names.buffer(kernel.dy)
  }
}
