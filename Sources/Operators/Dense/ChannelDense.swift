import IR
import Lowering

extension KernelPlanner {
  /// The kernel of a dense layer over `x`, whose channels are in the lanes.
  mutating func planDense(_ operation: DenseOperation, _ node: Graph.Node, of x: ChannelValue) {
    guard let index = node.head else { return }
    let features = operation.dense.features
    let y = makeChannelResult(of: node)
    // One x in all lanes, the weight from memory: the rest of the registers hold sums.
    let vectors = Cut(vectors(features), limit: max(1, options.target.registers * 3 / 4))
    let weight = TensorID(layer: index, role: .weight)
    let form = ChannelDense(
      input: x.layout, output: y.layout, vectors: vectors,
      sums: max(1, ChannelTile.independentSums / vectors.largest), weight: weight,
      weights: packedWeights(
        of: node, folding: operation.folded ?? [], packing: .of(weight, vectors, x.layout)),
      activation: operation.activation, x: x.buffer, y: y.buffer)
    let work = form.inputs * y.layout.stride
    addForward(
      node, Self.tasks(vectors.count, isShared: work >= Self.aloneBelow), form,
      operations: Double(2 * form.inputs * features))
  }
}

extension PackedWeights.Packing {
  /// The weight as `[tile][in][vectors of the tile]`, its inputs in the order in which x lies.
  fileprivate static func of(
    _ weight: TensorID, _ vectors: Cut, _ input: ChannelLayout
  ) -> PackedWeights.Packing {
    let image = input.positions > 1 ? "[\(input.height)][\(input.width)]" : ""
    return .init(
      weight: weight, tiles: vectors, depth: input.positions * input.channels,
      dimensions: [.init("C", input.channels), .init("PLANE", input.positions)],
      layout: "\(image)[\(input.channels)]",
      statements: [
        "for (int k = 0; k < PLANE; k++)",
        "  for (int c = 0; c < C; c++)",
        "    w[(k * C + c) * size][l] = o < OUT ? weight[(o * C + c) * PLANE + k] * scale : 0;",
      ])
  }
}

/// A dense layer, channels in the lanes: a task makes one tile of outputs. The weight lies as `[tile][in][vectors of the
/// tile]`, its inputs in the order in which x lies.
package struct ChannelDense: KernelForm {
  /// How x lies: an image where the layer reads what was flattened.
  package var input: ChannelLayout
  package var output: ChannelLayout
  /// Vectors of outputs a tile.
  package var vectors: Cut
  /// Independent sums of each output, so that no multiply-add waits for the one before it.
  package var sums: Int
  package var weight: TensorID
  package var weights: PackedWeights
  /// What each sum goes through.
  package var activation: ScalarFunction?
  package var x: BufferID
  package var y: BufferID

  /// Numbers of x.
  package var inputs: Int { input.positions * input.channels }

  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  package var packedWeights: PackedWeights? { weights }

  package var functions: [ScalarFunction] { activation.map { [$0] } ?? [] }

  package var tileText: String? { "tiles of \(vectors.largest) x \(sums)" }

  package func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)] {
    [
      (vectors.length == weights.vectors, "its tiles leave outputs out"),
      (vectors.largest * sums < registers, "its sums need more registers than there are"),
    ]
  }

  package func context(
    of kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ChannelDenseContext(self, kernel: kernel, names: names)
  }
}

struct ChannelDenseContext: TemplateContext {
  var template: String { "Dense/inference.c.mustache" }
  let name, layer, layers, source: String
  let formulas: [String]
  let inputs, outputs, vectors, tileVectors, sums, runs, run, stride, whole: Int
  let severalRuns, severalSums, hasRest: Bool
  let indent, result, taskVectors, firstVector: String
  let vectorRuns: [TileRun]
  let x, y, member: String

  init(_ form: ChannelDense, kernel: Kernel, names: Naming) {
    let shared = ChannelNames(kernel.layers, names)
    name = names.function(kernel)
    layer = names.layer(kernel.head)
    layers = shared.layers
    source = shared.source
    formulas = shared.formulas(folded: true)
    inputs = form.inputs
    outputs = form.output.channels
    vectors = form.weights.vectors
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
    let sum = form.sums > 1 ? "sum[0][v]" : "sum[v]"
    result = form.activation.map { names.vector($0, [sum]) } ?? sum
    taskVectors = form.vectors.sizeText
    firstVector = form.vectors.start("tile")
    vectorRuns = TileRun.runs(form.vectors, index: "tile")
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    member = layer
  }
}
