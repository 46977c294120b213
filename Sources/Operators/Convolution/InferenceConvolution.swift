import IR
import Lowering

extension Convolution: InferenceOperation {
  package func planInference(_ index: Int, in planner: inout InferencePlanner) {
    let x = planner.place(planner.model.layers[index].operands[0])
    let y = planner.makeResult(of: index)
    let isRow = window == Window(kernel: 1) && x.layout.isImage(like: y.layout)
    let input = isRow ? x.layout.asRow : x.layout
    let output = isRow ? y.layout.asRow : y.layout
    let depth = window.kernel * window.kernel * input.channels
    let vectors = planner.vectors(channels)
    let tile = ChannelTile.search(
      vectors: vectors, columns: output.width, depth: depth,
      registers: planner.options.target.registers)
    let work = depth * vectors * planner.lanes * output.positions
    let isShared = work >= InferencePlanner.aloneBelow
    let rowWork = depth * tile.vectors.largest * planner.lanes * output.width
    let rows = Cut(
      output.height,
      limit: isShared ? max(1, InferencePlanner.taskWork / rowWork) : output.height)
    let weight = TensorID(layer: index, role: .weight)
    planner.add(
      "forward", layer: index,
      InferencePlanner.tasks(tile.vectors.count * rows.count, isShared: isShared),
      InferenceConvolution(
        window: window, input: input, output: output, tile: tile, rows: rows, weight: weight,
        packed: planner.preparation(index, packing: packing(weight, tile, input.channels)),
        activation: planner.activation(of: index), x: x.buffer, y: y.buffer),
      operations: Double(2 * depth * channels * output.positions))
  }

  /// The weight as `[tile][ky][kx][ci][vectors of the tile]`.
  private func packing(
    _ weight: TensorID, _ tile: ChannelTile, _ inputs: Int
  ) -> Preparation.Packing {
    .init(
      weight: weight, tiles: tile.vectors, depth: window.kernel * window.kernel * inputs,
      dimensions: [.init("CI", inputs), .init("K", window.kernel)],
      layout: "[\(window.kernel)][\(window.kernel)][\(inputs)]",
      statements: [
        "for (int ky = 0; ky < K; ky++)",
        "  for (int kx = 0; kx < K; kx++)",
        "    for (int ci = 0; ci < CI; ci++)",
        "      w[((ky * K + kx) * CI + ci) * size][l] =",
        "          o < OUT ? weight[((o * CI + ci) * K + ky) * K + kx] * scale : 0;",
      ])
  }
}

/// A convolution: a task makes some output rows of one tile of output channels. Numbers of x are
/// broadcast, the weight lies as `[tile][ky][kx][ci][vectors of the tile]`.
package struct InferenceConvolution: InferenceForm {
  package var window: Window
  package var input: ChannelLayout
  package var output: ChannelLayout
  package var tile: ChannelTile
  /// Output rows a task.
  package var rows: Cut
  package var weight: TensorID
  package var packed: Preparation
  /// What each sum goes through.
  package var activation: ScalarFunction?
  package var x: BufferID
  package var y: BufferID

  /// The output columns whose whole window lies within the image.
  package var innerColumns: Range<Int> {
    window.innerColumns(count: output.width, width: input.width)
  }

  /// Numbers of x that each output is a sum over.
  package var depth: Int { window.kernel * window.kernel * input.channels }

  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  package var preparation: Preparation? { packed }

  package var functions: [ScalarFunction] { activation.map { [$0] } ?? [] }

  package var tileText: String? { Cut.tileText(tile.vectors, tile.columns) }

  package func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)] {
    [
      (tile.vectors.length * lanes == output.stride, "its tiles leave channels out"),
      (tile.columns.length == output.width, "its tiles leave columns out"),
      (rows.length == output.height, "its tasks leave rows out"),
      (tile.fits(registers), "its tile needs more registers than there are"),
      (packed.vectors == tile.vectors.length, "its weight is of another size"),
    ]
  }

  package func context(
    of kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    InferenceConvolutionContext(self, kernel: kernel, names: names)
  }
}

struct InferenceConvolutionContext: TemplateContext {
  var template: String { "Convolution/inference.c.mustache" }
  let name, layer, layers, source, xShape, weightShape, yShape, dimensions: String
  let formulas: [String]
  let rowIndex, columnIndex: String
  let padding, severalParts: Bool
  let value: String
  let vectors, tileVectors, tileColumns, outputHeight, depth, parts: Int
  let columnRuns: [ColumnRun]
  let taskRows, taskVectors, firstRow, rowCount, firstVector: String
  let vectorRuns: [TileRun]
  let x, y, member: String

  init(_ form: InferenceConvolution, kernel: Kernel, names: Naming) {
    let shared = InferenceNames(kernel.layers, names)
    let window = form.window
    name = names.function(kernel)
    layer = names.layer(kernel.head)
    layers = shared.layers
    source = shared.source
    formulas = shared.formulas(folded: true)
    xShape = InferenceNames.shape(form.input)
    yShape = InferenceNames.shape(form.output)
    weightShape = CText.shape(names.plan.model.declaration(of: form.weight).shape)
    dimensions = CText.dimensions([
      ("CI", form.input.channels), ("STRIDE", form.input.stride), ("H", form.input.height),
      ("W", form.input.width), ("V", form.packed.vectors), ("OW", form.output.width),
      ("K", window.kernel), ("S", window.stride), ("P", window.padding),
    ])
    rowIndex = InferenceNames.position("i", "ky", window)
    columnIndex = InferenceNames.position(window.stride == 1 ? "j + t" : "(j + t)", "kx", window)
    padding = window.padding > 0
    value = form.activation.map { names.vector($0, ["sum[t][v]"]) } ?? "sum[t][v]"
    vectors = form.packed.vectors
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
