/// The mean of each window: `avgpool(2)`.
///
///     y[n, c, i, j] = sum over ky, kx of x[n, c, i*stride + ky - padding, j*stride + kx - padding] / kernel^2
///
/// Zeros of the padding count. The gradient gives each number of a window dy / kernel^2.
package struct AveragePool: Operator {
  package static let keyword = "avgpool"

  /// Kernel, stride and padding.
  package var window: Window

  /// A pool over `window`.
  package init(window: Window) { self.window = window }

  package func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    try window.outputShape(keyword: Self.keyword, of: operands[0], channels: operands[0].channels)
  }

  package var formula: String {
    "y[n, c, i, j] = mean of the \(window.kernel) x \(window.kernel) window of x[n, c]"
  }
}
