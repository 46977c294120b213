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
  let x, y, value, weight, biasMember: String
  /// The buffer of the sums before the activation, where they are kept.
  let sums: String?
  let activationFormula: String?
  let partial: String?
  let banded: Bool
  let bands: Int
  let bandRows, firstRow, rowCount: String

  init(_ form: ConvolutionForward, kernel: Kernel, names: Naming) {
    let layer = kernel.head
    let shared = ConvolutionNames(geometry: form.geometry, names: names, layer: layer)
    let geometry = form.geometry
    let inner = geometry.innerColumns
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.formula(of: layer)
    xShape = shared.inputShape
    weightShape = shared.weightShape
    yShape = shared.outputShape
    dimensions = shared.dimensions
    padding = geometry.window.padding > 0
    bias = form.bias != nil
    tileRows = form.tile.rows.largest
    tileColumns = form.tile.columns.largest
    kernelRowsUnrolled = shared.rowsUnrolled(form.streams, inSteps: false)
    rowIndex = shared.position("i", "ky", symbolic: true)
    columnIndex = shared.position(
      geometry.window.stride == 1 ? "j + t" : "(j + t)", "kx", symbolic: true)
    outputHeight = geometry.outputHeight
    columnRuns = ColumnRun.runs(form.tile.columns, length: geometry.outputWidth) { start, width in
      start < inner.lowerBound || start + width > inner.upperBound
    }
    taskChannels = form.tile.rows.sizeText
    firstChannel = form.tile.rows.start("tile")
    channelCount = form.tile.rows.size("tile")
    channelRuns = TileRun.runs(form.tile.rows, index: "tile")
    tiles = form.tile.rows.count
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    sums = form.sums.map(names.buffer)
    activationFormula = form.activation.map { "then y = \($0.body.formula), x the sum" }
    value = form.activation.map { names.vector($0, ["sum[c][t]"]) } ?? "sum[c][t]"
    weight = names.member(form.weight)
    biasMember = form.bias.map(names.member) ?? ""
    partial = form.partial.map(names.buffer)
    banded = form.bands.count > 1
    bands = form.bands.count
    bandRows = form.bands.sizeText
    firstRow = form.bands.start("band")
    rowCount = form.bands.size("band")
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

  init(_ form: ConvolutionInputGradient, kernel: Kernel, names: Naming) {
    let layer = kernel.head
    let shared = ConvolutionNames(geometry: form.geometry, names: names, layer: layer)
    let geometry = form.geometry
    let window = geometry.window
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    scatterRow = shared.position("i", "ky")
    scatterColumn = shared.position("j", "kx")
    xShape = shared.inputShape
    weightShape = shared.weightShape
    yShape = shared.outputShape
    dimensions = shared.dimensions
    tileRows = form.tile.rows.largest
    tileColumns = form.tile.columns.largest
    kernelRowsUnrolled = shared.rowsUnrolled(form.streams, inSteps: true)
    firstTap = window.stride == 1 ? "0" : "(i + P) % S"
    tileStart = window.stride == 1 ? "j" : "j / S"
    // The first dy that reaches a tile at column 0: ceil((padding - (kernel - 1)) / stride).
    let reach = window.padding - (window.kernel - 1)
    let firstOffset = -((-reach) / window.stride)
    height = geometry.height
    columnRuns = ColumnRun.runs(form.tile.columns, length: geometry.width) { start, width in
      let tile = start / window.stride
      let last = (width - 1 + window.padding) / window.stride
      return tile + firstOffset < 0 || tile + last >= geometry.outputWidth
    }
    taskChannels = form.tile.rows.sizeText
    firstChannel = form.tile.rows.start("tile")
    channelRuns = TileRun.runs(form.tile.rows, index: "tile")
    tiles = form.tile.rows.count
    dy = names.buffer(form.dy)
    dx = names.buffer(form.dx)
    weight = names.member(form.weight)
    banded = form.bands.count > 1
    bands = form.bands.count
    bandRows = form.bands.sizeText
    firstRow = form.bands.start("band")
    rowCount = form.bands.size("band")
  }
}

struct BiasGradientContext: TemplateContext {
  var template: String { "bias_gradient.c.mustache" }
  let name, layer, source, shape, dy, destination: String
  let update: Bool
  let channels, plane: Int

  init(_ form: BiasGradient, kernel: Kernel, names: Naming) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    shape = names.outputShape(of: layer)
    dy = names.buffer(form.dy)
    update = form.destination == .update
    channels = form.channels
    plane = form.plane
    destination = names.store("lanes_sum(sum.total)", of: form.bias, at: "at", form.destination)
  }
}
