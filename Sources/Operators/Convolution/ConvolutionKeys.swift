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

  /// What `arguments` mean; the groups divide the output channels. The padding is smaller than the kernel
  /// unless windows may lie in it alone.
  static func values(
    _ arguments: Arguments, mayMissTheImage: Bool
  ) throws(ArgumentError) -> Values {
    let sizes = try WindowKeys.window(
      arguments, stride: arguments.value(WindowKeys.stride),
      dilation: arguments.value(WindowKeys.dilation),
      limit: { mayMissTheImage ? .max : $0 - 1 }, limitInWords: "is smaller than the kernel",
      remedy: "or a 'slice' behind it, which takes more off")
    let channels = try arguments.value(channels)
    let groups = try arguments.value(groups)
    guard channels % groups == 0 else {
      throw ArgumentError(
        "groups", "divides the output channels, and \(groups) does not divide \(channels)",
        help: Divisors.words(of: channels) + " would, if they divide the input's channels too")
    }
    return Values(
      channels: channels, sizes: sizes, groups: groups, hasBias: try arguments.value(bias))
  }

  /// - Throws: `ShapeError` where `groups` does not divide the channels of `operand`.
  static func check(
    _ groups: Int, divides operand: Shape, for keyword: String
  ) throws(ShapeError) {
    guard operand.channels % groups == 0 else {
      throw ShapeError(
        "\(keyword)'s groups divide the input channels, and \(groups) does not divide the "
          + "\(operand.channels) of \(operand)",
        help: Divisors.words(of: operand.channels) + " would")
    }
  }
}
