import IR
import Lowering

/// A convolution's weight gradient by Winograd's products: what the tiles of a batch add to them,
/// F(3x3, 2x2) or F(3x3, 4x4), whose windows of x are those of the forward pass.
///
/// Each task adds up what a share of the batch's tiles makes of the products of a group of output and a
/// group of input channels: a strip of tiles at a time is brought into planes, and each lane's
/// examples are added when a strip has been multiplied.
package struct WinogradWeightGradient: KernelSpec {
  package var geometry: WinogradGeometry
  package var pass: WinogradGradientPass
  package var x: BufferID
  package var dy: BufferID
  /// Where the products' sums go: `[shares][output channels][planes][input channels]`.
  package var products: BufferID

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    WinogradGradientContext(self, kernel: kernel, names: names, sharing: &shared)
  }

  package var pitched: [BufferID] { [x] }

  package var tileSums: Int { pass.outputTile.largest * pass.inputTile.largest }

  package var threadVectors: Int { geometry.planes * (pass.outputPlane + pass.inputPlane) }

  package var tileText: String? {
    "F(3x3, \(geometry.side)x\(geometry.side)), \(Partition.tileText(pass.outputTile, pass.inputTile)),"
      + " groups of \(pass.outputChannels) x \(pass.inputChannels) in strips of \(pass.strip)"
  }
}

/// The weight's gradient from the products' sums: each task that of a tile of output channels.
package struct WinogradGradientWeights: KernelSpec {
  package var geometry: WinogradGeometry
  package var pass: WinogradGradientPass
  package var products: BufferID
  package var weight: TensorID
  package var destination: GradientDestination

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    WinogradGradientWeightsContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// How a weight gradient by Winograd's products goes over a batch.
package struct WinogradGradientPass: Hashable, Sendable {
  /// Output and input channels a register tile.
  package var outputTile, inputTile: Partition
  /// Register tiles of output and of input channels, in groups.
  package var outputs, inputs: Partition
  /// The tiles of the batch, in shares.
  package var shares: Partition
  /// Tiles of results a strip.
  package var strip: Int

  /// The most channels that a group has.
  package var outputChannels: Int { Self.channels(outputTile, in: outputs) }
  package var inputChannels: Int { Self.channels(inputTile, in: inputs) }

  private static func channels(_ tile: Partition, in groups: Partition) -> Int {
    min(tile.length, groups.largest * tile.largest)
  }

  package var tasks: Int { outputs.count * inputs.count * shares.count }

  /// Vectors from one plane of a strip to the next.
  package var outputPlane: Int { outputChannels * strip + WinogradPass.skew }
  package var inputPlane: Int { inputChannels * strip + WinogradPass.skew }
}

extension WinogradGradientPass {
  /// The strips of all shares, each of which ends with its share.
  private var strips: Int {
    shares.sizeCounts.reduce(0) { $0 + $1.count * (($1.size + strip - 1) / strip) }
  }

  /// What the pass takes for the whole batch, in multiply-adds of a vector, as it was measured with
  /// 16 registers of 32 bytes: products, whose operands come from memory on both sides; transforms,
  /// of each channel for all groups of the other side; the lanes' sums, once a strip; and at the end
  /// those of the shares, through memory.
  func cost(_ geometry: WinogradGeometry, on target: TargetMachine) -> Double {
    let products = Double(geometry.weightProducts)
    let transforms = WinogradGeometry.costOfTransforms(side: geometry.side, on: target)
    let transformed = geometry.results * inputs.count + geometry.channels * outputs.count
    return products
      * (1.6 * Double(shares.length) + 5 * Double(strips) + 2 * Double(shares.count) + 4)
      + transforms * Double(shares.length * transformed)
  }
}
