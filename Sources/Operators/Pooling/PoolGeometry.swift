import IR

/// A pool, as a kernel's loops take it.
package struct PoolGeometry: Hashable, Sendable {
  package var pooling: Pooling
  package var window: Window
  package var channels: Int
  package var height: Int
  package var width: Int
  package var outputHeight: Int
  package var outputWidth: Int

  /// A pool over `channels` channels of `height` x `width` numbers.
  package init(_ window: Window, _ pooling: Pooling, channels: Int, height: Int, width: Int) {
    self.pooling = pooling
    self.window = window
    self.channels = channels
    self.height = height
    self.width = width
    outputHeight = window.rows.count(in: height)
    outputWidth = window.columns.count(in: width)
  }

  /// Whether some windows reach past the image.
  package var hasEdges: Bool { window.reachesPast(height: height, width: width) }

  /// What a mean divides by where that is the same for all windows; nil where it is not.
  package var divisor: Int? {
    guard case .average(let countsPadding) = pooling else { return nil }
    let isWhole = countsPadding && !window.rows.roundsUp && !window.columns.roundsUp
    return isWhole || !hasEdges ? window.taps : nil
  }

  /// Rows and columns around the image that count in a mean: before and after, by axis.
  package var counted: (top: Int, bottom: Int, left: Int, right: Int) {
    guard pooling == .average(countsPadding: true) else { return (0, 0, 0, 0) }
    return (window.rows.before, window.rows.after, window.columns.before, window.columns.after)
  }
}
