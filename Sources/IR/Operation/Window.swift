/// How a window lies over one axis: its kernel's taps, `dilation` apart, and where windows start.
package struct WindowAxis: Hashable, Sendable {
  /// Taps of the window.
  package var kernel: Int
  /// Numbers from one window to the next.
  package var stride: Int
  /// Numbers that the axis is thought to have before its first one.
  package var before: Int
  /// Numbers that the axis is thought to have behind its last one.
  package var after: Int
  /// Numbers from one tap to the next.
  package var dilation: Int
  /// Whether a last window may reach past what is thought to be there, if it starts in it.
  package var roundsUp: Bool

  /// A window of `kernel` taps.
  package init(
    kernel: Int, stride: Int = 1, before: Int = 0, after: Int = 0, dilation: Int = 1,
    roundsUp: Bool = false
  ) {
    self.kernel = kernel
    self.stride = stride
    self.before = before
    self.after = after
    self.dilation = dilation
    self.roundsUp = roundsUp
  }

  /// Numbers from the first tap to the last one, both included.
  package var extent: Int { (kernel - 1) * dilation + 1 }

  /// How many windows lie over `size` numbers: `floor((size + padding - extent) / stride) + 1`, or
  /// the same with `ceil`, but none that starts in the padding behind; less than 1 where none does.
  /// With `ceil` the one window may be larger than all that is there, as in PyTorch and ONNX.
  package func count(in size: Int) -> Int {
    let room = size + before + after - extent + (roundsUp ? stride - 1 : 0)
    guard room >= 0 else { return 0 }
    let count = room / stride + 1
    guard roundsUp else { return count }
    return (count - 1) * stride >= size + before ? count - 1 : count
  }

  /// Whether rounding up adds a window over `size` numbers.
  package func addsWindow(in size: Int) -> Bool {
    let room = size + before + after - extent
    return roundsUp && count(in: size) > (room < 0 ? 0 : room / stride + 1)
  }

  /// Whether rounding up would add a window over `size` numbers that starts in the padding behind, and so
  /// is none.
  package func leavesWindowOut(in size: Int) -> Bool {
    let room = size + before + after - extent
    return roundsUp && room >= 0 && room % stride != 0 && count(in: size) == room / stride + 1
  }

  /// Where tap `tap` of window `window` lies; less than 0 or past the end in the padding.
  package func place(window: Int, tap: Int) -> Int { window * stride + tap * dilation - before }

  /// The first of the windows over `size` numbers whose taps all lie in the padding, which only
  /// taps that are apart can; nil where there is none.
  package func emptyWindow(in size: Int) -> Int? {
    let count = count(in: size)
    // Windows that start in the padding before, which are few; those after them start in the numbers
    // until one starts behind them.
    let leading = max(0, min(count, (before + stride - 1) / stride))
    let early = (0..<leading).first { window in
      let tap = (before - window * stride + dilation - 1) / dilation
      return tap >= kernel || place(window: window, tap: tap) >= size
    }
    let late = max(leading, (before + size + stride - 1) / stride)
    return early ?? (late < count ? late : nil)
  }

  /// Those of `count` windows that lie within `size` numbers.
  package func inner(count: Int, in size: Int) -> Range<Int> {
    let first = min(count, (before + stride - 1) / stride)
    let room = size - extent + before
    let end = room < 0 ? 0 : min(count, room / stride + 1)
    return first..<max(first, end)
  }

  /// Whether no number lies in two windows and none of a window outside.
  var isDisjoint: Bool { stride >= extent && before == 0 && after == 0 && !roundsUp }
}

/// A window that slides over an image, or over a sequence as over an image of one row: what
/// convolutions and pools share.
package struct Window: Hashable, Sendable {
  /// How it lies over rows.
  package var rows: WindowAxis
  /// How it lies over columns.
  package var columns: WindowAxis

  /// A window over rows and columns.
  package init(rows: WindowAxis, columns: WindowAxis) {
    self.rows = rows
    self.columns = columns
  }

  /// The window of one number.
  package static let point = Window(rows: WindowAxis(kernel: 1), columns: WindowAxis(kernel: 1))

  /// Taps of the window.
  package var taps: Int { rows.kernel * columns.kernel }

  /// Whether no number of the image lies in two windows and none of a window outside the image.
  package var isDisjoint: Bool { rows.isDisjoint && columns.isDisjoint }

  /// Whether some of the windows over an image of `height` x `width` numbers reach past it.
  package func reachesPast(height: Int, width: Int) -> Bool {
    [(rows, height), (columns, width)].contains { axis, size in
      let count = axis.count(in: size)
      return axis.inner(count: count, in: size) != 0..<count
    }
  }
}

extension Window {
  /// Calls `body` with each tap of the window of result `[row, column]` and the cell that it lies
  /// over, row by row, leaving out those outside of the image.
  package func forEachTap(
    row: Int, column: Int, in image: Shape,
    _ body: (_ ky: Int, _ kx: Int, _ row: Int, _ column: Int) -> Void
  ) {
    for ky in 0..<rows.kernel {
      for kx in 0..<columns.kernel {
        let (y, x) = (rows.place(window: row, tap: ky), columns.place(window: column, tap: kx))
        if (0..<image.height).contains(y), (0..<image.width).contains(x) { body(ky, kx, y, x) }
      }
    }
  }
}
