import IR
import Lowering

extension ConvolutionGeometry {
  /// Whether each window lies over a channel of its own, so that no sum is over channels. Kernels of such
  /// a convolution's own load each number once a row of the kernel: it has too few products for each to
  /// load its own.
  var isDepthwise: Bool { groups > 1 && inputChannels == 1 }

  /// The most columns, up to `limit`, under whose windows no more numbers lie than a loop over them is
  /// written out for; 0 where one window reaches over more.
  func columns(_ limit: Int) -> Int {
    let room = 64 - window.columns.extent
    return room < 0 ? 0 : min(limit, room / window.columns.stride + 1)
  }
}

extension KernelPlanner {
  /// The tile of one channel's columns whose sums are in registers, beside the weights of a row of the
  /// kernel and the number at hand. nil of a convolution that is not depthwise, of one whose loops could
  /// not be written out, and where these leave so little room that loads are cheaper: of 16 registers,
  /// kernels of 5 columns were slower by a seventh so, those of 3 faster by as much.
  ///
  /// - Parameters:
  ///   - rows: Channels that a group makes.
  ///   - unit: Tiles begin at multiples of this (a stride).
  func depthwiseTile(
    _ geometry: ConvolutionGeometry, rows: Int, columns: Int, unit: Int = 1
  ) -> RegisterTile? {
    let fitting = options.target.registers - geometry.window.columns.kernel - 2
    guard geometry.isDepthwise, fitting >= 10, geometry.window.rows.kernel <= 64 else { return nil }
    // Of an input gradient with a stride the loop is over dy, of which there are fewer than columns.
    let limit = unit == 1 ? geometry.columns(fitting) : fitting / unit
    let least = unit == 1 ? min(columns, 8) : 1
    guard limit >= least, geometry.window.columns.extent <= 64 else { return nil }
    return RegisterTile(
      rows: Partition(rows, limit: 1),
      columns: unit == 1
        ? Partition(columns, limit: limit) : Partition(units: columns, limit: limit, unit: unit))
  }
}
