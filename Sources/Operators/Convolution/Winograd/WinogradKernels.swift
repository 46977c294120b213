import IR
import Lowering

/// A convolution by Winograd's products (Lavin and Gray, Fast Algorithms for Convolutional Neural
/// Networks, 2015): F(2x2, 3x3) or F(4x4, 3x3), forward or the input gradient. With examples in the
/// lanes its transforms are sums of whole vectors.
///
/// Each task makes a band of rows of one block. A strip of tiles at a time is brought into the
/// planes that the products read, multiplied, and brought back, so that the planes stay in the
/// second-level cache.
package struct WinogradConvolution: PackingSpec {
  package var geometry: WinogradGeometry
  package var pass: WinogradPass
  /// The weight's products, where a kernel makes them in each step.
  package var products: BufferID?
  /// The same and the bias, with what is folded into them, where they are made beforehand.
  package var weights: PackedWeights?
  package var bias: TensorID?
  /// What a sum is put together with before its activation, number by number.
  package var second: SecondOperand.Placed?
  /// What each sum goes through: forward an activation, backward a slope.
  package var activation: Activation?
  package var epilogue: GradientEpilogue?
  package var x: BufferID
  /// Where the sums themselves are kept.
  package var sums: BufferID?
  package var y: BufferID
  /// Where the statistics of each block's bands go: `[blocks][bands][channels][3]`.
  package var partial: BufferID?

  package var packedWeights: PackedWeights? { weights }

  package var functions: [ScalarFunction] {
    [second?.function, activation?.function, epilogue?.function].compactMap { $0 }
  }

  package var acceptsParts: Bool { true }

  package var threadVectors: Int {
    geometry.planes
      * ((geometry.channels + geometry.results) * pass.strip + 2 * WinogradPass.skew)
  }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    WinogradContext(self, kernel: kernel, names: names, sharing: &shared)
  }

  package var tileSums: Int { pass.tile.largest * pass.group }

  package var tileText: String? {
    "F(\(geometry.side)x\(geometry.side), 3x3), tiles of \(pass.tile.largest) x \(pass.group) in strips of \(pass.strip)"
      + pass.bands.bandText
  }
}

/// How a convolution by Winograd's products goes over a block.
package struct WinogradPass: Hashable, Sendable {
  /// Result channels a register tile.
  package var tile: Partition
  /// Tiles of results side by side in registers.
  package var group: Int
  /// Tiles a strip: some groups.
  package var strip: Int
  /// Rows of the result a task: those of whole tiles, but for the last.
  package var bands: Partition

  /// Vectors between two planes of numbers, and numbers between two of a weight, which would lie in
  /// the same lines of a cache without.
  static let skew = 3
  static let weightSkew = 16
}

/// The weight's part of Winograd's products: each task those of one tile of the result's channels.
package struct WinogradWeights: KernelSpec {
  package var geometry: WinogradGeometry
  package var tile: Partition
  package var weight: TensorID
  package var products: BufferID

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    WinogradWeightsContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}
