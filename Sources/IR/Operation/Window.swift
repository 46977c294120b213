/// A square window that slides over an image: what convolutions and pools share.
package struct Window: Hashable, Sendable {
  /// Rows and columns of the window.
  package var kernel: Int
  /// Rows, and columns, from one window to the next.
  package var stride: Int
  /// Rows, and columns, of zeros that the image is thought to have around it.
  package var padding: Int

  /// A window of `kernel` rows and columns.
  package init(kernel: Int, stride: Int = 1, padding: Int = 0) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  /// How many windows fit side by side: `floor((size + 2 padding - kernel) / stride) + 1`; less
  /// than 1 where none does.
  package func count(in size: Int) -> Int {
    let room = size + 2 * padding - kernel
    return room < 0 ? 0 : room / stride + 1
  }

  /// Whether no number of the image lies in two windows and none of a window outside the image.
  package var isDisjoint: Bool { stride >= kernel && padding == 0 }

  /// Those of `count` windows next to each other that lie within an image of `width` columns.
  package func innerColumns(count: Int, width: Int) -> Range<Int> {
    let first = min(count, (padding + stride - 1) / stride)
    let room = width - kernel + padding
    let end = room < 0 ? 0 : min(count, room / stride + 1)
    return first..<max(first, end)
  }

  /// The image that the windows make of `operand`, with `channels` channels.
  package func resultShape(
    keyword: String, of operand: Shape, channels: Int
  ) throws(ShapeError) -> Shape {
    guard operand.isImage else {
      throw ShapeError(
        "\(keyword) needs an image [channels, height, width], and this is \(operand)")
    }
    let height = count(in: operand.height)
    let width = count(in: operand.width)
    guard height > 0, width > 0 else {
      throw ShapeError(
        "a window of \(kernel) x \(kernel) does not fit into \(operand.height) x \(operand.width)"
          + (padding > 0 ? " with padding \(padding)" : ""),
        help: "a smaller kernel, more padding, or one pool less before it")
    }
    return Shape([channels, height, width])
  }
}

extension Window {
  /// Calls `body` with each tap of the window of result `[row, column]` and the cell that it lies
  /// over, row by row, leaving out those outside of the image.
  package func forEachTap(
    row: Int, column: Int, in image: Shape,
    _ body: (_ ky: Int, _ kx: Int, _ row: Int, _ column: Int) -> Void
  ) {
    for ky in 0..<kernel {
      for kx in 0..<kernel {
        let (y, x) = (row * stride + ky - padding, column * stride + kx - padding)
        if (0..<image.height).contains(y), (0..<image.width).contains(x) { body(ky, kx, y, x) }
      }
    }
  }
}
