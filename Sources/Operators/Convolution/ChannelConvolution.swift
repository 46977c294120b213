import IR
import Lowering

extension KernelPlanner {
  /// The kernel of a convolution of `x`, whose channels are in the lanes.
  mutating func planConvolution(
    _ operation: ConvolutionOperation, _ node: Graph.Node, of x: ChannelValue
  ) {
    guard let index = node.head else { return }
    let op = operation.convolution
    let window = window(of: model.layers[index])
    let y = makeChannelResult(of: node)
    let second = ChannelSecondOperand.of(operation.second, in: self)
    let isRow =
      window == .point && x.layout.isImage(like: y.layout) && x.layout.rowsFollow
      && second?.layout.rowsFollow != false
    let input = isRow ? x.layout.asRow : x.layout
    let output = isRow ? y.layout.asRow : y.layout
    let groups =
      op.groups > 1
      ? ChannelGroups(op.groups, inputs: input.channels, outputs: op.channels, lanes: lanes) : nil
    let depth = window.taps * (groups?.inputs ?? input.channels)
    let vectors = vectors(op.channels)
    var tile = RegisterTile.searchChannels(
      vectors: groups?.vectors ?? vectors, columns: output.width, depth: depth,
      registers: options.target.registers)
    if let groups { tile.rows = Partition(vectors, limit: groups.tile(of: tile.rows.largest)) }
    let work = depth * vectors * lanes * output.positions
    let isShared = work >= Self.aloneBelow
    let rowWork = depth * tile.rows.largest * lanes * output.width
    let rows = Partition(
      output.height, limit: isShared ? max(1, Self.taskWork / rowWork) : output.height)
    let weight = TensorID(layer: index, role: .weight)
    let weights = packedWeights(
      of: node, folding: operation.folded ?? [],
      packing: .of(weight, window, tile, inputs: input.channels, groups), then: operation.activation
    )
    addForward(
      node, Self.tasks(tile.rows.count * rows.count, isShared: isShared),
      ChannelConvolution(
        window: window, groups: groups, input: input, output: output, tile: tile, rows: rows,
        weight: weight, weights: weights, second: second, activation: operation.activation,
        x: x.buffer, y: y.buffer),
      operations: Double(
        2 * window.taps * (input.channels / op.groups) * op.channels * output.positions))
  }
}

extension PackedWeights.Packing {
  /// The weight as `[tile][ky][kx][ci][vectors of the tile]`.
  fileprivate static func of(
    _ weight: TensorID, _ window: Window, _ tile: RegisterTile, inputs: Int,
    _ groups: ChannelGroups?
  ) -> PackedWeights.Packing {
    let read = groups?.inputs ?? inputs
    var packing = PackedWeights.Packing(
      weight: weight, tiles: tile.rows, depth: window.taps * read,
      layout: "[\(window.rows.kernel)][\(window.columns.kernel)][\(read)]")
    if let groups { packing.ownDepth = window.taps * groups.inputsOfGroup }
    return packing
  }
}

/// A convolution, channels in the lanes: a task makes some output rows of one tile of output
/// channels. Numbers of x are broadcast, the weight lies as `[tile][ky][kx][ci][vectors of the
/// tile]`.
package struct ChannelConvolution: FreezingSpec {
  package var window: Window
  /// nil of one group.
  package var groups: ChannelGroups?
  package var input: ChannelLayout
  package var output: ChannelLayout
  package var tile: RegisterTile
  /// Output rows a task.
  package var rows: Partition
  package var weight: TensorID
  package var weights: PackedWeights
  /// What the sums are put together with before the activation.
  package var second: ChannelSecondOperand?
  /// What each sum goes through.
  package var activation: Activation?
  package var x: BufferID
  package var y: BufferID

  /// The output columns whose whole window lies within the image.
  package var innerColumns: Range<Int> {
    window.columns.inner(count: output.width, in: input.width)
  }

  /// Numbers of x that each output is a sum over.
  package var depth: Int { window.taps * inputs }

  /// Channels of x that an output reads.
  package var inputs: Int { groups?.inputs ?? input.channels }

  package var values: [(buffer: BufferID, layout: ChannelLayout)] {
    [(x, input), (y, output)] + second.values
  }

  package var packedWeights: PackedWeights? { weights }

  package var functions: [ScalarFunction] { second.functions + activation.functions }

  package var tileSums: Int { tile.rows.largest * tile.columns.largest }

  package var tileText: String? { Partition.tileText(tile.rows, tile.columns) }

  package func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)] {
    [
      (tile.rows.length * lanes == output.numbers, "its tiles leave channels out"),
      (tile.columns.length == output.width, "its tiles leave columns out"),
      (rows.length == output.height, "its tasks leave rows out"),
      (tile.fitsChannels(registers), "its tile needs more registers than there are"),
      (weights.vectors == tile.rows.length, "its weight is of another size"),
    ]
  }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    channelContext(of: kernel, names: names, sharing: &shared)
  }
}
