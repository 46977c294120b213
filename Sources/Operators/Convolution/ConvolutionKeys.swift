import IR

/// What convolutions, turned around or not, are told.
enum ConvolutionKeys {
  static let channels = Key.whole("channels", in: Limits.dimension, "output channels")
  static let groups = Key.whole(
    "groups", in: Limits.dimension, default: 1,
    "groups of channels, each convolved by itself; with as many as input channels, depthwise")
  static let bias = Key.flag("bias", default: true, "a learned offset for each output channel")

  /// What both kinds have.
  struct Values {
    let channels: Int
    let sizes: WindowSizes
    let groups: Int
    let hasBias: Bool
  }

  /// What `arguments` mean. The padding is smaller than the kernel
  /// unless windows may lie in it alone.
  static func values(
    _ arguments: Arguments, mayMissTheImage: Bool
  ) throws(ArgumentError) -> Values {
    let sizes = try WindowKeys.window(
      arguments, stride: arguments.value(WindowKeys.stride),
      dilation: arguments.value(WindowKeys.dilation),
      limit: { mayMissTheImage ? .max : $0 - 1 }, limitInWords: "is smaller than the kernel",
      remedy: "or a 'slice' behind it, which takes more off")
    return Values(
      channels: try arguments.value(channels), sizes: sizes, groups: try arguments.value(groups),
      hasBias: try arguments.value(bias))
  }

  /// - Throws: `ShapeError` where `groups` does not divide the channels of `operand`, or the `channels` of
  ///   the result.
  static func check(
    _ groups: Int, divides operand: Shape, and channels: Int, for keyword: String
  ) throws(ShapeError) {
    let undivided = [
      operand.channels % groups == 0 ? nil : "the \(operand.channels) of \(operand)",
      channels % groups == 0 ? nil : "the \(channels) that it makes",
    ].compactMap { $0 }
    guard undivided.isEmpty else {
      let common = (1...min(operand.channels, channels)).filter {
        operand.channels % $0 == 0 && channels % $0 == 0
      }
      throw ShapeError(
        "\(keyword)'s groups divide the channels that it reads and those that it makes, and "
          + "\(groups) does not divide \(undivided.joined(separator: ", nor "))",
        help: Divisors.words(of: common.last ?? 1) + " would")
    }
  }
}
