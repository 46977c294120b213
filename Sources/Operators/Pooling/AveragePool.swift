import IR

/// The mean of each window: `avgpool(2, stride: 2, padding: 0, count_padding: true)`;
/// `global_avgpool`, the mean of each channel.
///
///     y[n, c, i, j] = sum over ky, kx of x[n, c, i*stride + ky - padding, j*stride + kx - padding] / m
///
/// m is the number of the window's cells, zeros of the padding included, as PyTorch's
/// `count_include_pad` has it; or only of those in the image, as TensorFlow has it. Of a last
/// window that reaches past the padding (`ceil`), what lies there never counts. The gradient gives
/// each number of a window dy / m.
package struct AveragePool: PoolingOperation {
  private static let countsPaddingKey = Key.flag(
    "count_padding", default: true, "whether zeros of the padding count")

  package static let definition = Definition<any Operation>(
    "avgpool", "the mean of each window",
    positional: [WindowKeys.kernel.parameter],
    keyed: [
      WindowKeys.poolStride.parameter, WindowKeys.padding.parameter,
      WindowKeys.roundsUp.parameter, countsPaddingKey.parameter,
    ]
  ) { arguments throws(ArgumentError) in
    AveragePool(
      sizes: try WindowKeys.pool(arguments),
      countsPadding: try arguments.value(countsPaddingKey))
  }

  package static let global = Definition<any Operation>(
    "global_avgpool", "the mean of each channel"
  ) { _ in AveragePool(sizes: .whole) }

  package var sizes: WindowSizes
  /// Whether zeros of the padding count.
  package var countsPadding: Bool

  package init(sizes: WindowSizes, countsPadding: Bool = true) {
    self.sizes = sizes
    self.countsPadding = countsPadding
  }

  package var keyword: String { sizes.kernel.isEmpty ? "global_avgpool" : "avgpool" }

  package var pooling: Pooling { .average(countsPadding: countsPadding) }

  package var attributes: [AttributeValue] {
    guard !sizes.kernel.isEmpty else { return [] }
    return WindowKeys.attributes(sizes)
      + (countsPadding ? [] : [AttributeValue(Self.countsPaddingKey, false)])
  }

  package var formula: String {
    sizes.kernel.isEmpty
      ? "y[n, c] = mean of x[n, c]"
      : "y[n, c, i, j] = mean of the \(sizes.kernelText) window of x[n, c]"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let image = inputs.shapes[0]
    let window = window(over: image)
    return window.reference(inputs) { numbers, row, column in
      let counts = [
        window.rows.cells(row, in: image.height, countsPadding: countsPadding),
        window.columns.cells(column, in: image.width, countsPadding: countsPadding),
      ]
      return numbers.reduce(0, +) / Double(counts[0] * counts[1])
    }
  }
}

extension WindowAxis {
  /// How many cells of window `index` over `size` cells count.
  fileprivate func cells(_ index: Int, in size: Int, countsPadding: Bool) -> Int {
    let first = place(window: index, tap: 0)
    return countsPadding
      ? min(first + kernel, size + after) - first
      : min(first + kernel, size) - max(first, 0)
  }
}
