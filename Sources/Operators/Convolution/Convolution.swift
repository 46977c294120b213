import IR

/// Cross-correlation of an image with learned windows: `conv(20, kernel: 3, stride: 1, padding: 0,
/// bias: true)`.
///
///     y[n, co, i, j] = bias[co] + sum over ci, ky, kx of
///                      weight[co, ci, ky, kx] * x[n, ci, i*stride + ky - padding, j*stride + kx - padding]
///
/// Shapes: x `[ci, height, width]`, weight `[co, ci, kernel, kernel]`, bias `[co]`.
/// The gradients are the same sum solved for its other two factors; what lies in the padding counts
/// for nothing.
package struct Convolution: WindowedOperation, ProductOperation {
  private static let channelsKey = Key.whole("channels", in: Limits.dimension, "output channels")
  private static let stride = Key.whole(
    "stride", in: Limits.kernel, default: 1, "rows, and columns, from one window to the next")
  private static let bias = Key.flag(
    "bias", default: true, "a learned offset for each output channel")

  package static let definition = Definition<any Operation>(
    "conv", "each output channel is the image under a learned window",
    positional: [channelsKey.parameter],
    keyed: [
      WindowKeys.kernel.parameter, stride.parameter, WindowKeys.padding.parameter, bias.parameter,
    ]
  ) { arguments throws(ArgumentError) in
    let window = try WindowKeys.window(
      arguments, stride: arguments.value(stride), limit: { $0 - 1 },
      limitInWords: "is smaller than the kernel")
    return Convolution(
      channels: try arguments.value(channelsKey), window: window,
      hasBias: try arguments.value(bias))
  }

  package let keyword = "conv"
  /// Output channels.
  package var channels: Int
  package var window: Window
  /// Whether each output channel has a learned offset.
  package var hasBias: Bool

  /// A convolution to `channels` output channels.
  package init(channels: Int, window: Window, hasBias: Bool = true) {
    self.channels = channels
    self.window = window
    self.hasBias = hasBias
  }

  package var attributes: [AttributeValue] {
    [AttributeValue(Self.channelsKey, channels)] + WindowKeys.attributes(window)
      + [AttributeValue(Self.bias, hasBias)]
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    try window.resultShape(keyword: keyword, of: operands[0], channels: channels)
  }

  package func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    let inputs = operands[0].channels
    let taps = window.kernel * window.kernel
    let weight = TensorDeclaration(
      .weight, shape: [channels, inputs, window.kernel, window.kernel],
      start: .weight(fanIn: inputs * taps, fanOut: channels * taps))
    return [weight]
      + (hasBias ? [TensorDeclaration(.bias, shape: [channels], start: .around(0))] : [])
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

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let (x, input, output) = (inputs.operands[0], inputs.shapes[0], inputs.result)
    let (weight, bias) = (inputs.tensors[.weight] ?? [], inputs.tensors[.bias])
    var y: [Double] = []
    for n in 0..<inputs.count {
      for co in 0..<output.channels {
        for i in 0..<output.height {
          for j in 0..<output.width {
            var sum = bias?[co] ?? 0
            for ci in 0..<input.channels {
              window.forEachTap(row: i, column: j, in: input) { ky, kx, row, column in
                let tap = ((co * input.channels + ci) * window.kernel + ky) * window.kernel + kx
                let cell =
                  ((n * input.channels + ci) * input.height + row) * input.width + column
                sum += weight[tap] * x[cell]
              }
            }
            y.append(sum)
          }
        }
      }
    }
    return y
  }
}
