/// Cross-correlation of an image with learned windows: `conv(20, kernel: 3)`.
///
///     y[n, co, i, j] = bias[co] + sum over ci, ky, kx of
///                      weight[co, ci, ky, kx] * x[n, ci, i*stride + ky - padding, j*stride + kx - padding]
///
/// Shapes: x `[ci, height, width]`, weight `[co, ci, kernel, kernel]`, bias `[co]`.
/// The gradients are the same sum solved for its other two factors; what lies in the padding counts
/// for nothing.
package struct Convolution: Operator {
  package static let keyword = "conv"

  /// Output channels.
  package var channels: Int
  /// Kernel, stride and padding.
  package var window: Window
  /// Whether each output channel has a learned offset.
  package var hasBias: Bool

  /// A convolution to `channels` output channels.
  package init(channels: Int, window: Window, hasBias: Bool = true) {
    self.channels = channels
    self.window = window
    self.hasBias = hasBias
  }

  package func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    try window.outputShape(keyword: Self.keyword, of: operands[0], channels: channels)
  }

  package func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    let weight = [channels, operands[0].channels, window.kernel, window.kernel]
    return [TensorDeclaration(.weight, shape: weight)]
      + (hasBias ? [TensorDeclaration(.bias, shape: [channels])] : [])
  }

  package func multiplyAdds(of operands: [Shape]) -> Int {
    let windows = window.count(in: operands[0].height) * window.count(in: operands[0].width)
    return channels * operands[0].channels * window.kernel * window.kernel * windows
  }

  package var formula: String {
    func position(_ axis: String, _ tap: String) -> String {
      (window.stride == 1 ? axis : "\(window.stride) \(axis)") + " + " + tap
        + (window.padding == 0 ? "" : " - \(window.padding)")
    }
    return "y[n, co, i, j] = " + (hasBias ? "bias[co] + " : "")
      + "sum over ci, ky, kx of weight[co, ci, ky, kx] * x[n, ci, \(position("i", "ky")), "
      + "\(position("j", "kx"))]"
  }
}
