import IR

/// The largest number of each window: `maxpool(3, stride: 2, padding: 1)`.
///
///     y[n, c, i, j] = max over ky, kx of x[n, c, i*stride + ky - padding, j*stride + kx - padding]
///
/// Padding never wins. The gradient goes to the first of the largest, in the order of rows and
/// columns.
package struct MaxPool: PoolingOperation {
  package static let definition = Definition<any Operation>(
    "maxpool", "the largest number of each window; padding never wins",
    positional: [WindowKeys.kernel.parameter],
    keyed: [WindowKeys.poolStride.parameter, WindowKeys.padding.parameter]
  ) { arguments throws(ArgumentError) in MaxPool(window: try WindowKeys.pool(arguments)) }

  package let keyword = "maxpool"
  package var window: Window

  package init(window: Window) { self.window = window }

  package var pooling: Pooling { .max }

  package var attributes: [AttributeValue] { WindowKeys.attributes(window) }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    try window.resultShape(keyword: keyword, of: operands[0], channels: operands[0].channels)
  }

  package var formula: String {
    "y[n, c, i, j] = max of the \(window.kernel) x \(window.kernel) window of x[n, c]"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    window.reference(inputs) { $0.reduce(-.infinity, max) }
  }
}
