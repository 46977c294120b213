import IR
import Lowering

/// One combination of tile sizes of the weight's gradient, and for which tasks it holds.
struct WeightTileRun: Sendable {
  var condition: String?
  var outputs: Int
  var inputs: Int
}

/// Groups of tiles that share a task.
struct WeightGroups: Sendable {
  let groupOutputs, groupInputs: String
  let inputGroups, bands, largestOutputs, largestInputs: Int
  let firstOutputTile, outputTiles, firstInputTile, inputTilesOfGroup: String
  let firstBandRow, rowCount, outputCount, inputCount, groupDestination: String

  init(
    _ groups: ConvolutionWeightGradient.Groups, outputCount: String, inputCount: String,
    groupDestination: String
  ) {
    groupOutputs = groups.outputs.sizeText
    groupInputs = groups.inputs.sizeText
    inputGroups = groups.inputs.count
    bands = groups.bands.count
    largestOutputs = groups.outputs.largest
    largestInputs = groups.inputs.largest
    firstOutputTile = groups.outputs.start("outputs")
    outputTiles = groups.outputs.size("outputs")
    firstInputTile = groups.inputs.start("inputs")
    inputTilesOfGroup = groups.inputs.size("inputs")
    firstBandRow = groups.bands.start("band")
    rowCount = groups.bands.size("band")
    self.outputCount = outputCount
    self.inputCount = inputCount
    self.groupDestination = groupDestination
  }
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
  /// One where the sum over the batch is long, else none.
  let parts: [ConvolutionWeightGradient.Parts]
  /// One where tiles share tasks, else none.
  let groups: [WeightGroups]

  init(_ form: ConvolutionWeightGradient, kernel: Kernel, names: Naming) {
    let layer = kernel.head
    let shared = ConvolutionNames(geometry: form.geometry, names: names, layer: layer)
    let geometry = form.geometry
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    scatterRow = shared.position("i", "ky")
    scatterColumn = shared.position("j", "kx")
    xShape = shared.inputShape
    weightShape = shared.weightShape
    yShape = shared.outputShape
    dimensions = shared.dimensions
    update = form.destination == .update
    tileRows = form.outputTile.largest
    tileInputs = form.inputTile.largest
    tileTaps = form.taps.largest
    padding = geometry.window.padding > 0
    innerFirst = geometry.innerColumns.lowerBound
    innerEnd = geometry.innerColumns.upperBound
    firstRow = "ky < P ? (P - ky + S - 1) / S : 0"
    // One more than the last row whose window's row ky lies in the image; C rounds towards 0, so the 1
    // is added before the division.
    endRow = "(H - 1 + P - ky + S) / S"
    destination = names.store(
      form.parts == nil ? "lanes_sum(sum[o][c][k])" : "lanes_sum(sums[o][c][k].total)",
      of: form.weight, at: "at", form.destination)
    taskOutputs = form.outputTile.sizeText
    taskInputs = form.inputTile.sizeText
    firstOutput = form.outputTile.start("output_tile")
    firstInput = form.inputTile.start("input_tile")
    self.kernel = geometry.window.kernel
    inputTiles = form.inputTile.count
    runs = TileRun.runs(form.outputTile, index: "output_tile").flatMap { output in
      TileRun.runs(form.inputTile, index: "input_tile").map { input in
        let conditions = [output.condition, input.condition].compactMap { $0 }
        return WeightTileRun(
          condition: conditions.isEmpty ? nil : conditions.joined(separator: " && "),
          outputs: output.channels, inputs: input.channels)
      }
    }
    taps = ColumnRun.runs(form.taps, length: geometry.window.kernel)
    x = names.buffer(form.x)
    dy = names.buffer(form.dy)
    parts = [form.parts].compactMap { $0 }
    groups = [form.groups].compactMap { $0 }.map {
      WeightGroups(
        $0, outputCount: form.outputTile.size("output_tile"),
        inputCount: form.inputTile.size("input_tile"),
        groupDestination: names.store(
          "lanes_sum(sums[o][i][k / K][c][d][k % K].total)", of: form.weight, at: "at",
          form.destination))
    }
  }
}
