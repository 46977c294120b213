import IR

/// `conv(20, kernel: 3, stride: 1, padding: 0, bias: true)`
enum ConvolutionSyntax {
  static let channels = Key.whole("channels", in: Limits.dimension, "output channels")
  static let stride = Key.whole(
    "stride", in: Limits.kernel, default: 1, "rows, and columns, from one window to the next")
  static let bias = Key.flag("bias", default: true, "a learned offset for each output channel")

  static let definition = Definition<Op>(
    Convolution.keyword, "each output channel is the image under a learned window",
    positional: [channels.parameter],
    keyed: [
      WindowSyntax.kernel.parameter, stride.parameter, WindowSyntax.padding.parameter,
      bias.parameter,
    ]
  ) { arguments throws(ArgumentError) in
    let window = try WindowSyntax.window(
      arguments, stride: arguments.value(stride), limit: { $0 - 1 },
      limitInWords: "is smaller than the kernel")
    return .convolution(
      Convolution(
        channels: try arguments.value(channels), window: window,
        hasBias: try arguments.value(bias)))
  }
}
