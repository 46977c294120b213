import IR
import Lowering

extension ConvolutionGeometry {
  /// Whether each window lies over a channel of its own, so that no sum is over channels, and is of a
  /// size whose loops can be written out. Kernels of such a convolution's own load each number once a
  /// row of the kernel: it has too few products for each to load its own.
  var isDepthwise: Bool {
    groups > 1 && inputChannels == 1 && window.taps <= 256 && window.columns.extent <= 64
  }
}

extension KernelPlanner {
  /// The tile of one channel's columns whose sums are in registers, beside the weights of a row of the
  /// kernel and the number at hand. nil of a convolution that is not depthwise, and where these leave
  /// so little room that loads are cheaper: of 16 registers, kernels of 5 columns were slower by a
  /// seventh so, those of 3 faster by as much.
  ///
  /// - Parameters:
  ///   - rows: Channels that a group makes.
  ///   - unit: Tiles begin at multiples of this (a stride).
  func depthwiseTile(
    _ geometry: ConvolutionGeometry, rows: Int, columns: Int, unit: Int = 1
  ) -> RegisterTile? {
    let fitting = options.target.registers - geometry.window.columns.kernel - 2
    guard geometry.isDepthwise, fitting >= 10 else { return nil }
    let limit = max(1, fitting / unit)
    return RegisterTile(
      rows: Partition(rows, limit: 1),
      columns: unit == 1
        ? Partition(columns, limit: limit) : Partition(units: columns, limit: limit, unit: unit))
  }
}
