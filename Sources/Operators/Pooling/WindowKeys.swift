import IR

/// What convolutions and pools say about their windows.
enum WindowKeys {
  static let kernel = Key.whole("kernel", in: Limits.kernel, "rows and columns of the window")

  static let padding = Key<Padding>(
    parameter: Parameter(
      name: "padding", accepts: .wholeOr(0...(Limits.kernel.upperBound - 1), ["same"]),
      fallback: "0",
      meaning: "rows and columns of zeros around the image; same is half of an odd kernel"),
    fallback: .cells(0)
  ) {
    switch $0 {
    case .number(let value): Int(exactly: value).map(Padding.cells)
    case .word("same"): .same
    default: nil
    }
  }

  static let poolStride = Key.whole(
    "stride", in: Limits.kernel, says: "kernel", "rows, and columns, from one window to the next")

  /// What `padding` was given.
  enum Padding: Hashable, Sendable {
    case cells(Int)
    /// What keeps the image's size at stride 1.
    case same
  }

  /// The window that `arguments` mean; `padding` is at most `limit(kernel)`.
  static func window(
    _ arguments: Arguments, stride: Int, limit: (Int) -> Int, limitInWords: String
  ) throws(ArgumentError) -> Window {
    let kernel = try arguments.value(kernel)
    let padding: Int
    switch try arguments.value(Self.padding) {
    case .cells(let cells): padding = cells
    case .same:
      guard kernel % 2 == 1 else {
        throw ArgumentError(
          "padding", "can be 'same' only with an odd kernel, and this one is \(kernel)",
          help: "an even kernel has no middle: give the padding as a number")
      }
      padding = kernel / 2
    }
    guard padding <= limit(kernel) else {
      throw ArgumentError("padding", "\(limitInWords), and here it is \(padding) of \(kernel)")
    }
    return Window(kernel: kernel, stride: stride, padding: padding)
  }

  /// The window of a pool: it moves by its own size unless told otherwise, and no window lies in
  /// the padding alone.
  static func pool(_ arguments: Arguments) throws(ArgumentError) -> Window {
    let kernel = try arguments.value(kernel)
    return try window(
      arguments, stride: arguments.given(poolStride) ?? kernel, limit: { $0 / 2 },
      limitInWords: "is at most half of the kernel")
  }

  /// A window's attributes with their values.
  static func attributes(_ window: Window) -> [AttributeValue] {
    [
      AttributeValue(kernel, window.kernel), AttributeValue(poolStride, window.stride),
      AttributeValue(padding, window.padding),
    ]
  }
}
