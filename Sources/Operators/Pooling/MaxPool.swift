import IR

/// The largest number of each window: `maxpool(3, stride: 2, padding: 1)`; `global_maxpool`, the
/// largest of each channel.
///
///     y[n, c, i, j] = max over ky, kx of
///                     x[n, c, i*stride + ky*dilation - padding, j*stride + kx*dilation - padding]
///
/// Padding never wins. The gradient goes to the first of the largest, in the order of rows and
/// columns.
package struct MaxPool: PoolingOperation {
  package static let definition = Definition<any Operation>(
    "maxpool", "the largest number of each window; padding never wins",
    positional: [WindowKeys.kernel.parameter],
    keyed: [
      WindowKeys.poolStride.parameter, WindowKeys.padding.parameter, WindowKeys.dilation.parameter,
      WindowKeys.roundsUp.parameter,
    ]
  ) { arguments throws(ArgumentError) in
    MaxPool(
      sizes: try WindowKeys.pool(arguments, dilation: arguments.value(WindowKeys.dilation)))
  }

  package static let global = Definition<any Operation>(
    "global_maxpool", "the largest number of each channel"
  ) { _ in MaxPool(sizes: .whole) }

  package var sizes: WindowSizes

  package init(sizes: WindowSizes) { self.sizes = sizes }

  package var keyword: String { sizes.kernel.isEmpty ? "global_maxpool" : "maxpool" }

  package var pooling: Pooling { .max }

  package var attributes: [AttributeValue] {
    sizes.kernel.isEmpty ? [] : WindowKeys.attributes(sizes)
  }

  package var formula: String {
    sizes.kernel.isEmpty
      ? "y[n, c] = max of x[n, c]"
      : "y[n, c, i, j] = max of the \(sizes.kernelText) window of x[n, c]"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    window(over: inputs.shapes[0]).reference(inputs) { numbers, _, _ in
      numbers.reduce(-.infinity, max)
    }
  }
}

extension PoolingOperation {
  /// A number for each window of each channel; a vector of a window that is the whole.
  ///
  /// - Throws: `ShapeError` where no window fits, or where one would be of padding alone.
  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    let counts = try windows(over: operands[0])
    let window = window(over: operands[0])
    for (axis, size) in [(window.rows, operands[0].height), (window.columns, operands[0].width)]
    where axis.emptyWindow(in: size) != nil {
      throw ShapeError(
        "\(keyword) has a window whose \(axis.kernel) taps, \(axis.dilation) apart, all lie in the "
          + "padding of \(operands[0])",
        help: "less padding, or a smaller dilation")
    }
    return Shape([operands[0].channels] + (sizes.kernel.isEmpty ? [] : counts))
  }
}

extension WindowSizes {
  /// `3 x 3`
  var kernelText: String {
    let sides = kernel.count == 1 ? kernel + kernel : kernel
    return sides.map(String.init).joined(separator: " x ")
  }
}
