import IR
import Lowering

struct InferenceConvolutionContext: TemplateContext {
  var template: String { "inference_convolution.c.mustache" }
  let name, layer, layers, source, xShape, weightShape, yShape, dimensions: String
  let formulas: [String]
  let rowIndex, columnIndex: String
  let padding, relu, severalParts: Bool
  let vectors, tileVectors, tileColumns, outputHeight, depth, parts: Int
  let columnRuns: [ColumnRun]
  let taskRows, taskVectors, firstRow, rowCount, firstVector: String
  let vectorRuns: [TileRun]
  let x, y, member: String

  init(_ form: InferenceConvolution, name: String, names: Naming) {
    let shared = InferenceNames(names: names, members: form.preparation.members)
    let window = form.window
    self.name = name
    layer = names.layer(form.preparation.layer)
    layers = shared.layers
    source = shared.source
    formulas = shared.formulas(folded: true)
    xShape = InferenceNames.shape(form.input)
    yShape = InferenceNames.shape(form.output)
    weightShape = CText.shape(names.plan.declaration(of: form.weight).shape)
    dimensions = CText.dimensions([
      ("CI", form.input.channels), ("STRIDE", form.input.stride), ("H", form.input.height),
      ("W", form.input.width), ("V", form.preparation.vectors), ("OW", form.output.width),
      ("K", window.kernel), ("S", window.stride), ("P", window.padding),
    ])
    rowIndex = InferenceNames.position("i", "ky", window)
    columnIndex = InferenceNames.position(window.stride == 1 ? "j + t" : "(j + t)", "kx", window)
    padding = window.padding > 0
    relu = form.hasReLU
    vectors = form.preparation.vectors
    tileVectors = form.tile.vectors.largest
    tileColumns = form.tile.columns.largest
    outputHeight = form.output.height
    depth = form.depth
    severalParts = form.rows.count > 1
    parts = form.rows.count
    let inner = form.innerColumns
    columnRuns = ColumnRun.runs(form.tile.columns, length: form.output.width) { start, width in
      start < inner.lowerBound || start + width > inner.upperBound
    }
    taskRows = form.rows.sizeText
    taskVectors = form.tile.vectors.sizeText
    firstRow = form.rows.start("part")
    rowCount = form.rows.size("part")
    firstVector = form.tile.vectors.start("tile")
    vectorRuns = TileRun.runs(form.tile.vectors, index: "tile")
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    member = layer
  }
}

struct InferenceDenseContext: TemplateContext {
  var template: String { "inference_dense.c.mustache" }
  let name, layer, layers, source: String
  let formulas: [String]
  let inputs, outputs, vectors, tileVectors, sums, runs, run, stride, whole: Int
  let severalRuns, severalSums, hasRest, relu: Bool
  let indent, result, taskVectors, firstVector: String
  let vectorRuns: [TileRun]
  let x, y, member: String

  init(_ form: InferenceDense, name: String, names: Naming) {
    let shared = InferenceNames(names: names, members: form.preparation.members)
    self.name = name
    layer = names.layer(form.preparation.layer)
    layers = shared.layers
    source = shared.source
    formulas = shared.formulas(folded: true)
    inputs = form.inputs
    outputs = form.outputs
    vectors = form.preparation.vectors
    tileVectors = form.vectors.largest
    sums = form.sums
    // Positions that follow each other without a gap are one run of numbers.
    severalRuns = form.input.positions > 1 && form.input.stride != form.input.channels
    runs = severalRuns ? form.input.positions : 1
    run = severalRuns ? form.input.channels : form.inputs
    stride = form.input.stride
    severalSums = form.sums > 1
    whole = run / form.sums * form.sums
    hasRest = whole < run
    indent = severalRuns ? "  " : ""
    relu = form.hasReLU
    result = form.sums > 1 ? "sum[0][v]" : "sum[v]"
    taskVectors = form.vectors.sizeText
    firstVector = form.vectors.start("tile")
    vectorRuns = TileRun.runs(form.vectors, index: "tile")
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    member = layer
  }
}
