/// The largest number of each window: `maxpool(2)`.
///
///     y[n, c, i, j] = max over ky, kx of x[n, c, i*stride + ky - padding, j*stride + kx - padding]
///
/// Padding never wins. The gradient goes to the first of the largest, in the order of rows and
/// columns.
package struct MaxPool: Operator {
  package static let keyword = "maxpool"

  /// Kernel, stride and padding.
  package var window: Window

  /// A pool over `window`.
  package init(window: Window) { self.window = window }

  package func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    try window.outputShape(keyword: Self.keyword, of: operands[0], channels: operands[0].channels)
  }

  package var formula: String {
    "y[n, c, i, j] = max of the \(window.kernel) x \(window.kernel) window of x[n, c]"
  }
}
