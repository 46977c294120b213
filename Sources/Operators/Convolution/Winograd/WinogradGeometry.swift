import IR
import Lowering

/// The sizes of a convolution of 3 x 3 taps and stride 1 as Winograd's tiles of 2 x 2 results take
/// it: the forward pass, or the input gradient as the convolution of dy that it is.
package struct WinogradGeometry: Hashable, Sendable {
  /// Channels, rows and columns of what is read.
  package var channels, height, width: Int
  /// Channels, rows and columns of what is made.
  package var results, resultHeight, resultWidth: Int
  /// Rows of zeros above what is read, and columns of them to its left; less than 0 where windows
  /// begin inside it.
  package var top, left: Int
  /// Whether the weight is turned around: it is an input gradient.
  package var isTurned: Bool

  /// The forward pass of `op`; nil where it has no such tiles.
  package init?(_ op: Convolution, input: Shape, output: Shape) {
    let window = op.window(over: input)
    guard op.groups == 1, !op.isExact, window.rows.isOfThreeTaps, window.columns.isOfThreeTaps
    else {
      return nil
    }
    channels = input.channels
    (height, width) = (input.height, input.width)
    results = output.channels
    (resultHeight, resultWidth) = (output.height, output.width)
    (top, left) = (window.rows.before, window.columns.before)
    isTurned = false
  }

  /// The input gradient: each dx is the sum of those dy whose windows cover it.
  package var turned: WinogradGeometry {
    var turned = self
    (turned.channels, turned.results) = (results, channels)
    (turned.height, turned.resultHeight) = (resultHeight, height)
    (turned.width, turned.resultWidth) = (resultWidth, width)
    (turned.top, turned.left) = (2 - top, 2 - left)
    turned.isTurned.toggle()
    return turned
  }

  /// Rows of tiles, and tiles in one.
  var tileRows: Int { (resultHeight + 1) / 2 }
  var tileColumns: Int { (resultWidth + 1) / 2 }

  /// Multiplications and additions of the sums themselves, for one example.
  var operations: Double {
    2 * 9 * Double(channels * results) * Double(resultHeight * resultWidth)
  }

  /// Whether the products take less time than the sums themselves for `blocks` blocks of examples
  /// on `target`: both in multiply-adds of a vector a block, as they were measured with 16 registers
  /// of 32 bytes and with 32 of 64.
  ///
  /// The products: 16 a tile for each pair of channels, and a fifth more for their loads; what
  /// transforms cost, which move vectors between registers and the second-level cache, the more the
  /// longer these are; and, once a step, the weight's own transform. The sums: those whose taps lie
  /// in the image, with 32 registers at 90 % of the machine's rate, with 16, whose tiles load more,
  /// at 65 %.
  func pays(on target: TargetMachine, blocks: Int) -> Bool {
    let pairs = Double(channels * results)
    let tiles = Double(tileRows * tileColumns)
    let transforms = 6 * Double(target.vectorBytes) * tiles * Double(channels + results)
    let products = 1.2 * 16 * tiles * pairs + transforms + 80 * pairs / Double(blocks)
    let taps =
      Self.taps(resultHeight, over: height, before: top)
      * Self.taps(resultWidth, over: width, before: left)
    return products < Double(taps) * pairs / (target.registers >= 32 ? 0.9 : 0.65)
  }

  /// Taps of `count` windows that lie within `size` numbers, `before` of padding in front of them.
  private static func taps(_ count: Int, over size: Int, before: Int) -> Int {
    (0..<count).reduce(0) { sum, window in
      let first = window - before
      return sum + max(0, min(size, first + 3) - max(0, first))
    }
  }
}

extension WindowAxis {
  fileprivate var isOfThreeTaps: Bool { kernel == 3 && stride == 1 && dilation == 1 }
}
