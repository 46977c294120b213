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
  let rowIndex, columnIndex: String
  let outputHeight: Int
  let columnRuns: [ColumnRun]
  let taskChannels, firstChannel, channelCount: String
  let channelRuns: [TileRun]
  let tiles: Int
  let x, y, weight, biasMember: String
  let partial: String?

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
  }
}

struct ConvolutionInputGradientContext: TemplateContext {
  var template: String { "convolution_input_gradient.c.mustache" }
  let name, layer, source, scatterRow, scatterColumn, xShape, weightShape, yShape: String
  let dimensions: String
  let tileRows, tileColumns: Int
  let firstTap, tileStart: String
  let height: Int
  let columnRuns: [ColumnRun]
  let taskChannels, firstChannel: String
  let channelRuns: [TileRun]
  let tiles: Int
  let dy, dx, weight: String

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
  }
}

/// One combination of tile sizes of the weight's gradient, and for which tasks it holds.
struct WeightTileRun: Sendable {
  var condition: String?
  var outputs: Int
  var inputs: Int
}

struct ConvolutionWeightGradientContext: TemplateContext {
  var template: String { "convolution_weight_gradient.c.mustache" }
  let name, layer, source, scatterRow, scatterColumn, xShape, weightShape, yShape: String
  let dimensions, firstRow, endRow: String
  let update: Bool
  let tileRows, tileInputs, tileTaps: Int
  let padding: Bool
  let innerFirst, innerEnd: Int
  let destination: String
  let taskOutputs, taskInputs, firstOutput, firstInput: String
  let kernel, inputTiles: Int
  let runs: [WeightTileRun]
  let taps: [ColumnRun]
  let x, dy: String

  init(_ kernel: ConvolutionWeightGradient, name: String, layer: Int, names: Naming) {
    let shared = ConvolutionNames(geometry: kernel.geometry, names: names, layer: layer)
    let geometry = kernel.geometry
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    scatterRow = shared.position("i", "ky")
    scatterColumn = shared.position("j", "kx")
    xShape = shared.inputShape
    weightShape = shared.weightShape
    yShape = shared.outputShape
    dimensions = shared.dimensions
    update = kernel.destination == .update
    tileRows = kernel.outputTile.largest
    tileInputs = kernel.inputTile.largest
    tileTaps = kernel.taps.largest
    padding = geometry.window.padding > 0
    innerFirst = geometry.innerColumns.lowerBound
    innerEnd = geometry.innerColumns.upperBound
    if geometry.window.padding == 0 {
      firstRow = "0"
      endRow = "OH"
    } else {
      firstRow = "ky < P ? (P - ky + S - 1) / S : 0"
      // One more than the last row whose window's row ky lies in the image; C rounds towards 0, so
      // the 1 is added before the division.
      endRow = "(H - 1 + P - ky + S) / S < OH ? (H - 1 + P - ky + S) / S : OH"
    }
    destination = names.store(
      "lanes_sum(sum[o][c][k])", of: kernel.weight, at: "at", kernel.destination)
    taskOutputs = kernel.outputTile.sizeText
    taskInputs = kernel.inputTile.sizeText
    firstOutput = kernel.outputTile.start("output_tile")
    firstInput = kernel.inputTile.start("input_tile")
    self.kernel = geometry.window.kernel
    inputTiles = kernel.inputTile.count
    runs = TileRun.runs(kernel.outputTile, index: "output_tile").flatMap { output in
      TileRun.runs(kernel.inputTile, index: "input_tile").map { input in
        let conditions = [output.condition, input.condition].compactMap { $0 }
        return WeightTileRun(
          condition: conditions.isEmpty ? nil : conditions.joined(separator: " && "),
          outputs: output.channels, inputs: input.channels)
      }
    }
    taps = ColumnRun.runs(kernel.taps, length: geometry.window.kernel)
    x = names.buffer(kernel.x)
    dy = names.buffer(kernel.dy)
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
