import IR
import Lowering

/// What the three convolution templates share.
struct ConvolutionNames: Sendable {
  let geometry: ConvolutionGeometry
  let names: Naming
  let layer: Int

  var dimensions: String {
    let g = geometry
    return CText.dimensions([
      ("CI", g.inputChannels), ("H", g.height), ("W", g.width), ("CO", g.outputChannels),
      ("OH", g.outputHeight), ("OW", g.outputWidth), ("K", g.window.kernel),
      ("S", g.window.stride), ("P", g.window.padding),
    ])
  }

  var inputShape: String {
    CText.shape([geometry.inputChannels, geometry.height, geometry.width])
  }

  var outputShape: String {
    CText.shape([geometry.outputChannels, geometry.outputHeight, geometry.outputWidth])
  }

  var weightShape: String {
    CText.shape([
      geometry.outputChannels, geometry.inputChannels, geometry.window.kernel,
      geometry.window.kernel,
    ])
  }

  /// What unrolls the loop over the kernel's rows, where that pays; a loop in steps of a stride has no
  /// constant length.
  func rowsUnrolled(_ streams: Bool, inSteps: Bool) -> String {
    let window = geometry.window
    let isConstant = !inSteps || window.stride == 1
    return streams && isConstant && (2...3).contains(window.kernel) ? "UNROLL " : ""
  }

  /// `i * S + ky - P`, without what is 1 or 0.
  func position(_ output: String, _ tap: String, symbolic: Bool = false) -> String {
    let window = geometry.window
    let scaled =
      window.stride == 1 ? output : symbolic ? "\(output) * S" : "\(window.stride) \(output)"
    let padding = symbolic ? "P" : "\(window.padding)"
    return scaled + " + " + tap + (window.padding == 0 ? "" : " - \(padding)")
  }
}

struct ConvolutionForwardContext: TemplateContext {
  var template: String { "convolution_forward.c.mustache" }
  let name, layer, source, formula, xShape, weightShape, yShape, dimensions: String
  let padding: Bool
  let bias: Bool
  let tileRows, tileColumns: Int
  let kernelRowsUnrolled, rowIndex, columnIndex: String
  let outputHeight: Int
  let columnRuns: [ColumnRun]
  let taskChannels, firstChannel, channelCount: String
  let channelRuns: [TileRun]
  let tiles: Int
  let x, y, weight, biasMember: String
  let partial: String?
  let banded: Bool
  let bands: Int
  let bandRows, firstRow, rowCount: String

  init(_ kernel: ConvolutionForward, name: String, layer: Int, names: Naming) {
    let shared = ConvolutionNames(geometry: kernel.geometry, names: names, layer: layer)
    let geometry = kernel.geometry
    let inner = geometry.innerColumns
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.plan.model.layers[layer].op.definition.formula
    xShape = shared.inputShape
    weightShape = shared.weightShape
    yShape = shared.outputShape
    dimensions = shared.dimensions
    padding = geometry.window.padding > 0
    bias = kernel.bias != nil
    tileRows = kernel.tile.rows.largest
    tileColumns = kernel.tile.columns.largest
    kernelRowsUnrolled = shared.rowsUnrolled(kernel.streams, inSteps: false)
    rowIndex = shared.position("i", "ky", symbolic: true)
    columnIndex = shared.position(
      geometry.window.stride == 1 ? "j + t" : "(j + t)", "kx", symbolic: true)
    outputHeight = geometry.outputHeight
    columnRuns = ColumnRun.runs(kernel.tile.columns, length: geometry.outputWidth) { start, width in
      start < inner.lowerBound || start + width > inner.upperBound
    }
    taskChannels = kernel.tile.rows.sizeText
    firstChannel = kernel.tile.rows.start("tile")
    channelCount = kernel.tile.rows.size("tile")
    channelRuns = TileRun.runs(kernel.tile.rows, index: "tile")
    tiles = kernel.tile.rows.count
    x = names.buffer(kernel.x)
    y = names.buffer(kernel.y)
    weight = names.member(kernel.weight)
    biasMember = kernel.bias.map(names.member) ?? ""
    partial = kernel.partial.map(names.buffer)
    banded = kernel.bands.count > 1
    bands = kernel.bands.count
    bandRows = kernel.bands.sizeText
    firstRow = kernel.bands.start("band")
    rowCount = kernel.bands.size("band")
  }
}

struct ConvolutionInputGradientContext: TemplateContext {
  var template: String { "convolution_input_gradient.c.mustache" }
  let name, layer, source, scatterRow, scatterColumn, xShape, weightShape, yShape: String
  let dimensions: String
  let tileRows, tileColumns: Int
  let kernelRowsUnrolled, firstTap, tileStart: String
  let height: Int
  let columnRuns: [ColumnRun]
  let taskChannels, firstChannel: String
  let channelRuns: [TileRun]
  let tiles: Int
  let dy, dx, weight: String
  let banded: Bool
  let bands: Int
  let bandRows, firstRow, rowCount: String

  init(_ kernel: ConvolutionInputGradient, name: String, layer: Int, names: Naming) {
    let shared = ConvolutionNames(geometry: kernel.geometry, names: names, layer: layer)
    let geometry = kernel.geometry
    let window = geometry.window
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    scatterRow = shared.position("i", "ky")
    scatterColumn = shared.position("j", "kx")
    xShape = shared.inputShape
    weightShape = shared.weightShape
    yShape = shared.outputShape
    dimensions = shared.dimensions
    tileRows = kernel.tile.rows.largest
    tileColumns = kernel.tile.columns.largest
    kernelRowsUnrolled = shared.rowsUnrolled(kernel.streams, inSteps: true)
    firstTap = window.stride == 1 ? "0" : "(i + P) % S"
    tileStart = window.stride == 1 ? "j" : "j / S"
    // The first dy that reaches a tile at column 0: ceil((padding - (kernel - 1)) / stride).
    let reach = window.padding - (window.kernel - 1)
    let firstOffset = -((-reach) / window.stride)
    height = geometry.height
    columnRuns = ColumnRun.runs(kernel.tile.columns, length: geometry.width) { start, width in
      let tile = start / window.stride
      let last = (width - 1 + window.padding) / window.stride
      return tile + firstOffset < 0 || tile + last >= geometry.outputWidth
    }
    taskChannels = kernel.tile.rows.sizeText
    firstChannel = kernel.tile.rows.start("tile")
    channelRuns = TileRun.runs(kernel.tile.rows, index: "tile")
    tiles = kernel.tile.rows.count
    dy = names.buffer(kernel.dy)
    dx = names.buffer(kernel.dx)
    weight = names.member(kernel.weight)
    banded = kernel.bands.count > 1
    bands = kernel.bands.count
    bandRows = kernel.bands.sizeText
    firstRow = kernel.bands.start("band")
    rowCount = kernel.bands.size("band")
  }
}

struct BiasGradientContext: TemplateContext {
  var template: String { "bias_gradient.c.mustache" }
  let name, layer, source, shape, dy, destination: String
  let update: Bool
  let channels, plane: Int

  init(_ kernel: BiasGradient, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    shape = names.outputShape(of: layer)
    dy = names.buffer(kernel.dy)
    update = kernel.destination == .update
    channels = kernel.channels
    plane = kernel.plane
    destination = names.store("lanes_sum(sum)", of: kernel.bias, at: "at", kernel.destination)
  }
}
