import IR
import Lowering

/// The sizes of a convolution, as its kernels' loops take them.
package struct ConvolutionGeometry: Hashable, Sendable {
  /// Groups of channels that know nothing of each other.
  package var groups: Int
  /// Input channels of a group.
  package var inputChannels: Int
  package var height: Int
  package var width: Int
  /// Output channels of a group.
  package var outputChannels: Int
  package var outputHeight: Int
  package var outputWidth: Int
  package var window: Window

  /// The sizes of `op` over an image of `input`.
  ///
  /// A 1 x 1 convolution of stride 1 takes no notice of rows: its image is one row of all numbers,
  /// so that tiles of columns do not end where rows do; unless it has to keep its rows, to be
  /// worked through in bands of them.
  package init(_ op: Convolution, input: Shape, output: Shape, keepsRows: Bool = false) {
    groups = op.groups
    inputChannels = input.channels / op.groups
    outputChannels = op.channels / op.groups
    window = op.window(over: input)
    let isOneRow = window == .point && !keepsRows
    height = isOneRow ? 1 : input.height
    width = isOneRow ? input.planeCount : input.width
    outputHeight = isOneRow ? 1 : output.height
    outputWidth = isOneRow ? output.planeCount : output.width
  }

  /// Multiplications and additions of one pass for one example.
  package var operations: Double {
    2 * Double(inputChannels * window.taps)
      * Double(groups * outputChannels * outputHeight * outputWidth)
  }

  /// Numbers of the weight.
  var weights: Int { groups * outputChannels * inputChannels * window.taps }

  /// The output columns whose whole window lies within the image.
  package var innerColumns: Range<Int> {
    window.columns.inner(count: outputWidth, in: width)
  }
}

/// Forward: each task makes one tile of output channels for one block, or, where a block's image is
/// larger than the cache, all output channels of one band of rows; and then, where a batch norm
/// follows, the mean and the sum of squares of what it made.
package struct ConvolutionForward: PackingSpec {
  /// Whether it is the input gradient of a transposed convolution.
  package var isTransposed = false
  package var geometry: ConvolutionGeometry
  /// Rows: output channels. Columns: output columns.
  package var tile: RegisterTile
  /// Whether the tiles are a depthwise convolution's own.
  package var isDepthwise: Bool
  /// Output rows a task; one band where tasks go by tiles of channels.
  package var bands: Partition
  /// Whether the batch's x comes from far beyond the second-level cache.
  package var streams: Bool
  package var weight: TensorID
  package var bias: TensorID?
  /// The weight and the bias with what is folded into them; nil where they are as they are learned.
  package var weights: PackedWeights?
  /// What it is put together with before that, number by number; nil where it is alone.
  package var second: SecondOperand.Placed?
  /// What each sum goes through.
  package var activation: Activation?
  package var x: BufferID
  /// Where the sums themselves are kept.
  package var sums: BufferID?
  package var y: BufferID
  /// Where the statistics of each block's bands go: `[blocks][bands][channels][2]`.
  package var partial: BufferID?

  package var packedWeights: PackedWeights? { weights }

  package var functions: [ScalarFunction] {
    [second?.function, activation?.function].compactMap { $0 }
  }

  package var acceptsParts: Bool { true }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ConvolutionForwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }

  package var tileSums: Int { tile.rows.largest * tile.columns.largest }

  package var tileText: String? { Partition.tileText(tile.rows, tile.columns) + bands.bandText }
}

/// The input's gradient: each task makes one tile of input channels for one block, or, where a
/// block's dy is larger than the cache, all input channels of one band of rows; gathered from the
/// dy whose windows cover each dx, so that nothing is computed on padding.
package struct ConvolutionInputGradient: KernelSpec {
  /// Whether it is a transposed convolution, `dy` its operand and `dx` its result.
  package var isTransposed = false
  package var geometry: ConvolutionGeometry
  /// Rows: input channels. Columns: input columns.
  package var tile: RegisterTile
  /// Whether the tiles are a depthwise convolution's own.
  package var isDepthwise: Bool
  /// Rows of dx a task; one band where tasks go by tiles of channels.
  package var bands: Partition
  /// Whether the batch's dy comes from far beyond the second-level cache.
  package var streams: Bool
  package var weight: TensorID
  /// Of a transposed convolution, its bias and what each sum goes through.
  package var bias: TensorID?
  package var activation: Activation?
  package var dy: BufferID
  /// Of a transposed convolution, where the sums themselves are kept.
  package var sums: BufferID?
  /// What each number of dx goes through.
  package var epilogue: GradientEpilogue?
  package var dx: BufferID

  package var functions: [ScalarFunction] {
    [epilogue?.function, activation?.function].compactMap { $0 }
  }

  package var acceptsParts: Bool { true }

  package func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)] {
    let (columns, stride) = (tile.columns, geometry.window.columns.stride)
    let isAligned =
      stride == 1 || columns.count == 1 || columns.wide == 0 && columns.width % stride == 0
    return [(isAligned, "its tiles begin between the strides")]
  }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ConvolutionInputGradientContext(self, kernel: kernel, names: names, sharing: &shared)
  }

  package var tileSums: Int { tile.rows.largest * tile.columns.largest }

  package var tileText: String? { Partition.tileText(tile.rows, tile.columns) + bands.bandText }
}

/// The weight's gradient: each task makes all of a tile of output channels times input channels for
/// one kernel row, over the whole batch, so that no partial sums have to be added. Where the images
/// are larger than the cache, a task makes groups of tiles and all the kernel's rows.
package struct ConvolutionWeightGradient: KernelSpec {
  package var geometry: ConvolutionGeometry
  /// Output channels a tile.
  package var outputTile: Partition
  /// Input channels a tile.
  package var inputTile: Partition
  /// Kernel columns a tile.
  package var taps: Partition
  /// Which tiles share a task; nil where each row of each has a task of its own.
  package var groups: Groups?
  /// What of a batch is summed up before it goes into a long sum.
  package var parts: Parts
  package var weight: TensorID
  package var x: BufferID
  package var dy: BufferID
  package var destination: GradientDestination

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ConvolutionWeightGradientContext(self, kernel: kernel, names: names, sharing: &shared)
  }

  package var pitched: [BufferID] { [x] }

  package var tileSums: Int { outputTile.largest * inputTile.largest * taps.largest }

  package var tileText: String? {
    Partition.tileText(outputTile, inputTile) + " x \(taps.largest)"
      + (groups.map {
        ", groups of \($0.outputs.largest) x \($0.inputs.largest)" + $0.bands.bandText
      } ?? "")
  }
}

extension ConvolutionWeightGradient {
  /// A part of a long sum: some rows of some blocks.
  package struct Parts: Hashable, Sendable {
    package var blocks: Int
    package var rows: Int

    /// The parts of a sum over `geometry`'s result in `blocks` blocks.
    init(_ geometry: ConvolutionGeometry, blocks: Int) {
      let plane = geometry.outputHeight * geometry.outputWidth
      self.blocks = min(blocks, max(1, LongSum.partOfTile / plane))
      rows = min(geometry.outputHeight, max(1, LongSum.partOfTile / geometry.outputWidth))
    }
  }

  /// Tiles that share a task, so that all of them go over a band of rows while it is in the cache.
  package struct Groups: Hashable, Sendable {
    /// Output tiles, in groups.
    package var outputs: Partition
    /// Input tiles, in groups.
    package var inputs: Partition
    /// Rows of dy, in bands.
    package var bands: Partition
  }
}
