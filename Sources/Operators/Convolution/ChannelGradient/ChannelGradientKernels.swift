import IR
import Lowering

/// A convolution's weight gradient with output channels in the lanes: what the batch adds to it.
///
/// With examples in the lanes each product needs a vector of x and one of dy, and images that are far
/// from the cache come tile by tile. Here a task transposes a band of rows of dy, so that the output
/// channels of one position and example are vectors, and multiplies these by single numbers of x: of what
/// it reads a vector serves as many products as a tile has numbers of x, and a number as many as vectors.
package struct ChannelGradientSums: KernelSpec {
  package var geometry: ConvolutionGeometry
  package var pass: ChannelGradientPass
  package var x: BufferID
  package var dy: BufferID
  /// `[shares][vectors of output channels][input channels][kernel][total, lost][lanes]`.
  package var sums: BufferID

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ChannelGradientSumsContext(self, kernel: kernel, names: names, sharing: &shared)
  }

  package var pitched: [BufferID] { [x] }

  package var tileSums: Int {
    pass.outputTile.largest * pass.inputTile.largest * geometry.window.columns.kernel
  }

  package var threadVectors: Int { pass.transposedVectors }

  package var tileText: String? {
    Partition.tileText(pass.outputTile, pass.inputTile)
      + " x \(geometry.window.columns.kernel), channels in the lanes" + pass.bands.bandText
  }
}

/// The weight's gradient from the sums that shares of the batch have made.
package struct ChannelGradientWeights: KernelSpec {
  package var geometry: ConvolutionGeometry
  package var pass: ChannelGradientPass
  /// Stretches of input channels and taps of a vector of output channels, in tasks.
  package var tasks: Partition
  package var sums: BufferID
  package var weight: TensorID
  package var destination: GradientDestination

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ChannelGradientWeightsContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// How a weight gradient with channels in the lanes goes over a batch.
package struct ChannelGradientPass: Hashable, Sendable {
  /// Vectors of output channels, and input channels, a register tile.
  package var outputTile, inputTile: Partition
  /// Tiles of output channels, in groups.
  package var groups: Partition
  /// Rows of dy, in bands.
  package var bands: Partition
  /// The bands of the batch's blocks, in shares.
  package var shares: Partition
  /// Vectors of a band of dy, transposed: those of all examples of a block.
  package var transposedVectors: Int

  package var tasks: Int { groups.count * shares.count }

  /// How many input channels and taps go through the end at a time.
  static let stretch = 16
  /// The most memory that the sums of all shares may take: 64 MiB.
  static let mostBytesOfSums = 64 << 20
}

extension ChannelGradientPass {
  /// What the pass takes for the whole batch, in multiply-adds of a vector, as it was measured with 16
  /// registers of 32 bytes and 32 of 64.
  func cost(_ geometry: ConvolutionGeometry, lanes: Int) -> Double {
    let row = geometry.inputChannels * geometry.window.taps
    let sums = Double(outputTile.length * row)
    let steps = Double(
      shares.length * geometry.outputHeight / bands.count * geometry.outputWidth * lanes)
    let taps = Double(geometry.window.columns.kernel)
    let tile = Double(outputTile.largest * inputTile.largest) * taps
    // A step of a tile, idle lanes and all: its products and two for the loop, no less than what hides
    // their latency; at a row's ends tap by tap.
    let innerStep = max(tile + 2, 12)
    let endStep = taps * max(tile / taps + 2, 10)
    let inner = Double(geometry.innerColumns.count) / Double(geometry.outputWidth)
    let products = sums / tile * steps * (inner * innerStep + (1 - inner) * endStep)
    let transposing = 10 * Double(outputTile.length) * steps
    // A tile's sums join those of its share after each band; these are cleared, and in the end added,
    // through memory.
    let joining = 25 * sums * Double(shares.length)
    let ending = 100 * sums * Double(shares.count)
    return products + transposing + joining + ending
  }
}
