import IR

/// The sizes of a convolution, as its kernels' loops take them.
public struct ConvolutionGeometry: Hashable, Sendable {
  package var inputChannels: Int
  package var height: Int
  package var width: Int
  package var outputChannels: Int
  package var outputHeight: Int
  package var outputWidth: Int
  package var window: Window

  /// The sizes of `op` over an image of `input`.
  ///
  /// A 1 x 1 convolution of stride 1 takes no notice of rows: its image is one row of all numbers,
  /// so that tiles of columns do not end where rows do.
  public init(_ op: Convolution, input: Shape, output: Shape) {
    inputChannels = input.channels
    outputChannels = op.channels
    window = op.window
    let pointwise = op.window == Window(kernel: 1)
    height = pointwise ? 1 : input.height
    width = pointwise ? input.planeCount : input.width
    outputHeight = pointwise ? 1 : output.height
    outputWidth = pointwise ? output.planeCount : output.width
  }

  /// Multiplications and additions of one pass for one example.
  public var operations: Double {
    2 * Double(inputChannels * window.kernel * window.kernel)
      * Double(outputChannels * outputHeight * outputWidth)
  }

  /// The output columns whose whole window lies within the image.
  public var innerColumns: Range<Int> {
    window.innerColumns(count: outputWidth, width: width)
  }
}

extension Window {
  /// Those of `count` windows next to each other that lie within an image of `width` columns.
  func innerColumns(count: Int, width: Int) -> Range<Int> {
    let first = min(count, (padding + stride - 1) / stride)
    let room = width - kernel + padding
    let end = room < 0 ? 0 : min(count, room / stride + 1)
    return first..<max(first, end)
  }
}

/// Forward: each task makes one tile of output channels for one block, and then, where a batch norm
/// follows, those channels' mean and sum of squares.
public struct ConvolutionForward: Hashable, Sendable {
  package var geometry: ConvolutionGeometry
  /// Rows: output channels. Columns: output columns.
  public var tile: RegisterTile
  package var weight: TensorID
  package var bias: TensorID?
  package var x: BufferID
  package var y: BufferID
  /// Where the block's statistics go.
  public var partial: BufferID?
}

/// The input's gradient: each task makes one tile of input channels for one block, gathered from the
/// dy whose windows cover each dx, so that nothing is computed on padding.
public struct ConvolutionInputGradient: Hashable, Sendable {
  package var geometry: ConvolutionGeometry
  /// Rows: input channels. Columns: input columns.
  public var tile: RegisterTile
  package var weight: TensorID
  package var dy: BufferID
  package var dx: BufferID
}

/// The weight's gradient: each task makes all of a tile of output channels times input channels for
/// one kernel row, over the whole batch, so that no partial sums have to be added.
public struct ConvolutionWeightGradient: Hashable, Sendable {
  package var geometry: ConvolutionGeometry
  /// Output channels a tile.
  public var outputTile: Cut
  /// Input channels a tile.
  public var inputTile: Cut
  /// Kernel columns a tile.
  public var taps: Cut
  package var weight: TensorID
  package var x: BufferID
  package var dy: BufferID
  package var destination: GradientDestination
}

/// The gradient of a bias: dy summed over the batch and the plane.
public struct BiasGradient: Hashable, Sendable {
  package var channels: Int
  package var plane: Int
  package var bias: TensorID
  package var dy: BufferID
  package var destination: GradientDestination
}
