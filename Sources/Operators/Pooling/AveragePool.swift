import IR

/// The mean of each window: `avgpool(2, stride: 2, padding: 0)`.
///
///     y[n, c, i, j] = sum over ky, kx of x[n, c, i*stride + ky - padding, j*stride + kx - padding] / kernel^2
///
/// Zeros of the padding count. The gradient gives each number of a window dy / kernel^2.
package struct AveragePool: PoolingOperation {
  package static let definition = Definition<any Operation>(
    "avgpool", "the mean of each window; zeros of the padding count",
    positional: [WindowKeys.kernel.parameter],
    keyed: [WindowKeys.poolStride.parameter, WindowKeys.padding.parameter]
  ) { arguments throws(ArgumentError) in AveragePool(window: try WindowKeys.pool(arguments)) }

  package let keyword = "avgpool"
  package var window: Window

  package init(window: Window) { self.window = window }

  package var pooling: Pooling { .average }

  package var attributes: [AttributeValue] { WindowKeys.attributes(window) }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    try window.resultShape(keyword: keyword, of: operands[0], channels: operands[0].channels)
  }

  package var formula: String {
    "y[n, c, i, j] = mean of the \(window.kernel) x \(window.kernel) window of x[n, c]"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    window.reference(inputs) { $0.reduce(0, +) / Double(window.kernel * window.kernel) }
  }
}
