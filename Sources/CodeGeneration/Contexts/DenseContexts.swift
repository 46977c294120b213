import IR
import Lowering

struct DenseForwardContext: TemplateContext {
  var template: String { "dense_forward.c.mustache" }
  let name, layer, source, formula: String
  let inputs, outputs, tileRows, tileColumns: Int
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
  let inputs, outputs, tileRows, tileColumns: Int
  let wideBlocks: Bool
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
  let name, layer, source, x, rows: String
  let inputs, stride: Int

  init(_ kernel: DenseRows, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    x = names.buffer(kernel.x)
    rows = names.buffer(kernel.rows)
    inputs = kernel.inputs
    stride = kernel.stride
  }
}

struct DenseWeightGradientContext: TemplateContext {
  var template: String { "dense_weight_gradient.c.mustache" }
  let name, layer, source: String
  let update: Bool
  let inputs, outputs, stride, tileRows, tileColumns: Int
  let destination, taskFeatures, firstFeature: String
  let featureRuns: [TileRun]
  let vectorRuns: [ColumnRun]
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
      "sum[c][v]", of: kernel.weight, at: "at", count: "IN - first", kernel.destination)
    taskFeatures = kernel.tile.rows.sizeText
    firstFeature = kernel.tile.rows.start("tile")
    featureRuns = TileRun.runs(kernel.tile.rows, index: "tile")
    let lanes = names.plan.lanes
    vectorRuns = ColumnRun.runs(
      kernel.tile.columns, length: kernel.stride / lanes, scale: lanes)
    rows = names.buffer(kernel.rows)
    dy = names.buffer(kernel.dy)
  }
}
