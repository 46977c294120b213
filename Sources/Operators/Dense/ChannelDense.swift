import IR
import Lowering

extension KernelPlanner {
  /// The kernel of a dense layer over `x`, whose channels are in the lanes.
  mutating func planDense(_ operation: DenseOperation, _ node: Graph.Node, of x: ChannelValue) {
    guard let index = node.head else { return }
    let features = operation.dense.features
    let y = makeChannelResult(of: node)
    // One x in all lanes, the weight from memory: the rest of the registers hold sums.
    let vectors = Partition(vectors(features), limit: max(1, options.target.registers * 3 / 4))
    let weight = TensorID(layer: index, role: .weight)
    let spec = ChannelDense(
      input: x.layout, output: y.layout, vectors: vectors,
      sums: max(1, RegisterTile.independentSums / vectors.largest), weight: weight,
      weights: packedWeights(
        of: node, folding: operation.folded ?? [], packing: .of(weight, vectors, x.layout),
        then: operation.activation),
      activation: operation.activation, x: x.buffer, y: y.buffer)
    let work = spec.inputs * y.layout.numbers
    addForward(
      node, Self.tasks(vectors.count, isShared: work >= Self.aloneBelow), spec,
      operations: Double(2 * spec.inputs * features))
  }
}

extension PackedWeights.Packing {
  /// The weight as `[tile][in][vectors of the tile]`, its inputs in the order in which x lies.
  fileprivate static func of(
    _ weight: TensorID, _ vectors: Partition, _ input: ChannelLayout
  ) -> PackedWeights.Packing {
    let image = input.positions > 1 ? "[\(input.height)][\(input.width)]" : ""
    return .init(
      weight: weight, tiles: vectors, depth: input.positions * input.channels,
      layout: "\(image)[\(input.channels)]")
  }
}

/// A dense layer, channels in the lanes: a task makes one tile of outputs. The weight lies as
/// `[tile][in][vectors of the tile]`, its inputs in the order in which x lies.
package struct ChannelDense: FreezingSpec {
  /// How x lies: an image where the layer reads what was flattened.
  package var input: ChannelLayout
  package var output: ChannelLayout
  /// Vectors of outputs a tile.
  package var vectors: Partition
  /// Independent sums of each output, so that no multiply-add waits for the one before it.
  package var sums: Int
  package var weight: TensorID
  package var weights: PackedWeights
  /// What each sum goes through.
  package var activation: Activation?
  package var x: BufferID
  package var y: BufferID

  /// Numbers of x.
  package var inputs: Int { input.positions * input.channels }

  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  package var packedWeights: PackedWeights? { weights }

  package var functions: [ScalarFunction] { activation.functions }

  package var tileSums: Int { vectors.largest * sums }

  package var tileText: String? { "tiles of \(vectors.largest) x \(sums)" }

  package func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)] {
    [
      (vectors.length == weights.vectors, "its tiles leave outputs out"),
      (vectors.largest * sums < registers, "its sums need more registers than there are"),
    ]
  }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    channelContext(of: kernel, names: names, sharing: &shared)
  }
}
