import IR
import Lowering

/// The sizes of a convolution of 3 x 3 taps and stride 1 as Winograd's tiles of 2 x 2 or 4 x 4 results
/// take it: the forward pass, or the input gradient as the convolution of dy that it is.
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
  /// Rows and columns of results that a tile has: one of `sides`.
  package var side: Int

  /// The tiles that there are transforms for.
  package static let sides = [2, 4]

  /// The forward pass of `op`; nil where it has no such tiles.
  package init?(_ op: Convolution, input: Shape, output: Shape, side: Int) {
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
    self.side = side
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

  /// Rows and columns of what is read that a tile depends on.
  var window: Int { side + 2 }
  /// The products of a tile, for each pair of channels.
  var planes: Int { window * window }
  /// Numbers that a weight has where the products read it, and the most that are made of one: 512 MB
  /// of floats, of the 2^31 numbers that the C counts to.
  var weightProducts: Int { planes * channels * results }
  static let mostWeightProducts = 1 << 27
  /// Rows of tiles, and tiles in one.
  var tileRows: Int { (resultHeight + side - 1) / side }
  var tileColumns: Int { (resultWidth + side - 1) / side }

  /// Multiplications and additions of the sums themselves, for one example.
  var operations: Double {
    2 * 9 * Double(channels * results) * Double(resultHeight * resultWidth)
  }

  /// What the products take on `target`, in multiply-adds of a vector a block, as they were measured
  /// with 16 registers of 32 bytes and 512 KB of second-level cache, and with 32 of 64 and 2 MB.
  ///
  /// Those of each tile and pair of channels, and a fifth more for their loads; what transforms cost
  /// for each result; the weight's own transform, once for `blocks` blocks of a step, nil where it is done
  /// beforehand; and its way from beyond the second-level cache, where that does not hold it.
  func cost(on target: TargetMachine, blocks: Int?) -> Double {
    let weight = Double(weightProducts)
    let tiles = Double(tileRows * tileColumns)
    let transforms = Self.costOfTransforms(side: side, on: target)
    let isFar = 4 * weight > Double(target.cacheBytes)
    return 1.2 * weight * tiles + transforms * tiles * Double(channels + results)
      + weight * ((blocks.map { 5 / Double($0) } ?? 0) + (isFar ? 2 : 0))
  }

  /// What it takes to bring a tile of one channel through a transform, in multiply-adds of a vector:
  /// vectors move between registers and memory, the longer ones for longer. Planes that lie in a small
  /// cache beside the image that streams through it are often further away than that.
  static func costOfTransforms(side: Int, on target: TargetMachine) -> Double {
    (target.cacheBytes < 1 << 20 ? 1.4 : 0.4) * Double(side * side * target.vectorBytes)
  }

  /// What the sums themselves take, likewise: those whose taps lie in the image, with 32 registers at
  /// 90 % of the machine's rate, with 16, whose tiles load more, at 65 %.
  func costOfSums(on target: TargetMachine) -> Double {
    let taps =
      Self.taps(resultHeight, over: height, before: top)
      * Self.taps(resultWidth, over: width, before: left)
    return Double(taps * channels * results) / (target.registers >= 32 ? 0.9 : 0.65)
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
