/// What a model says of a window: sizes for all axes alike, or one for each. What it is over an
/// image `[channels, height, width]` or a sequence `[channels, length]`, the shape decides.
package struct WindowSizes: Hashable, Sendable {
  /// Taps by axis; none: the window is as large as what it lies over.
  package var kernel: [Int]
  /// Numbers from one window to the next; nil: the kernel's.
  package var stride: [Int]?
  package var padding: Padding
  /// Numbers from one tap to the next.
  package var dilation: [Int]
  /// Whether a last window may reach past the padding.
  package var roundsUp: Bool

  /// What lies around an image.
  package enum Padding: Hashable, Sendable {
    /// Numbers on all sides, by axis, or before and after by axis: `[top, bottom, left, right]`.
    case cells([Int])
    /// Half of an odd kernel on each side, as PyTorch's users write it.
    case same
    /// What `ceil(size / stride)` windows need, the odd number after: TensorFlow's `same`.
    case sameUpper
    /// The same with the odd number before.
    case sameLower
  }

  /// A window of these sizes.
  package init(
    kernel: [Int], stride: [Int]? = [1], padding: Padding = .cells([0]), dilation: [Int] = [1],
    roundsUp: Bool = false
  ) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.roundsUp = roundsUp
  }

  /// The window of the whole of what it lies over.
  package static let whole = WindowSizes(kernel: [], stride: nil)

  /// The window over `operand`.
  ///
  /// - Throws: `ShapeError` where it has no rows and columns, or another number of axes.
  package func window(keyword: String, over operand: Shape) throws(ShapeError) -> Window {
    guard operand.isImage || operand.isSequence else {
      throw ShapeError(
        "\(keyword) needs an image [channels, height, width] or a sequence [channels, length], "
          + "and this is \(operand)",
        help: advice(operand))
    }
    let axes = Array(operand.dimensions.dropFirst())
    let kernel = kernel.isEmpty ? axes : try sizes(kernel, "kernel", keyword, operand)
    let stride =
      try stride.map { sizes throws(ShapeError) in
        try self.sizes(sizes, "stride", keyword, operand)
      } ?? kernel
    let dilation = try sizes(dilation, "dilation", keyword, operand)
    var windows: [WindowAxis] = []
    for axis in axes.indices {
      var window = WindowAxis(
        kernel: kernel[axis], stride: stride[axis], dilation: dilation[axis], roundsUp: roundsUp)
      (window.before, window.after) = try padding(window, axis, keyword, operand)
      windows.append(window)
    }
    return Window(
      rows: windows.count > 1 ? windows[0] : WindowAxis(kernel: 1),
      columns: windows[windows.count - 1])
  }

  /// What makes an image or a sequence of `operand`, which is neither.
  private func advice(_ operand: Shape) -> String {
    let sizes = operand.dimensions
    guard sizes.count > 1 else {
      return kernel.isEmpty
        ? "a vector has one number of each channel: take it out, or put it before flatten"
        : "put it before flatten, or 'reshape([1, \(sizes[0])])' makes a sequence of it"
    }
    let image = [sizes[0], operand.height, operand.width]
    return "'reshape(\(Shape(image)))' makes an image of it"
  }

  /// One of `sizes` for each axis of `operand`.
  private func sizes(
    _ sizes: [Int], _ what: String, _ keyword: String, _ operand: Shape
  ) throws(ShapeError) -> [Int] {
    let axes = operand.dimensions.count - 1
    if sizes.count == 1 { return [Int](repeating: sizes[0], count: axes) }
    guard sizes.count == axes else {
      throw ShapeError(
        "\(keyword)'s \(what) has \(sizes.count) sizes, and \(operand) has \(axes) "
          + (axes == 1 ? "axis" : "axes") + " besides the channels",
        help: what == "padding"
          ? axes == 1
            ? "1 is for both ends, 2 are [before, after]"
            : "1 is for all sides, 2 are by axis, 4 are [top, bottom, left, right]"
          : "one size stands for all axes")
    }
    return sizes
  }

  /// Numbers before and after axis `axis`.
  private func padding(
    _ window: WindowAxis, _ axis: Int, _ keyword: String, _ operand: Shape
  ) throws(ShapeError) -> (before: Int, after: Int) {
    let size = operand.dimensions[axis + 1]
    switch padding {
    case .cells(let cells):
      let axes = operand.dimensions.count - 1
      if cells.count == 2 * axes { return (cells[2 * axis], cells[2 * axis + 1]) }
      let one = try sizes(cells, "padding", keyword, operand)[axis]
      return (one, one)
    case .same:
      return (window.extent / 2, window.extent / 2)
    case .sameUpper, .sameLower:
      let total = window.paddingOfCeil(size)
      return padding == .sameUpper
        ? (total / 2, total - total / 2) : (total - total / 2, total / 2)
    }
  }
}

extension WindowAxis {
  /// Numbers, before and after together, that `ceil(size / stride)` windows need besides `size`.
  package func paddingOfCeil(_ size: Int) -> Int {
    max(((size + stride - 1) / stride - 1) * stride + extent - size, 0)
  }
}
