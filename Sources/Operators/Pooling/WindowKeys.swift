import IR

/// What convolutions and pools say about their windows.
enum WindowKeys {
  static let kernel = sizes(
    "kernel", Limits.kernel, "rows and columns of the window: one number, or one by axis")

  static let stride = sizes(
    "stride", Limits.kernel, default: [1], says: "1",
    "rows and columns from one window to the next")

  static let poolStride = sizes(
    "stride", Limits.kernel, says: "kernel", "rows and columns from one window to the next")

  static let dilation = sizes(
    "dilation", Limits.kernel, default: [1], says: "1",
    "rows and columns from one tap of the window to the next")

  static let padding = Key<WindowSizes.Padding>(
    parameter: Parameter(
      name: "padding",
      accepts: .anyOf([
        .wholeOr(cells, PaddingWord.allCases.map(\.rawValue)),
        .list(of: .whole(cells), counts: 1...4),
      ]),
      fallback: "0",
      meaning: "rows and columns of zeros around the image, by axis or as [top, bottom, left, "
        + "right]; same is half of an odd kernel, same_upper TensorFlow's same"),
    fallback: .cells([0])
  ) {
    switch $0 {
    case .number(let value): Int(exactly: value).map { .cells([$0]) }
    case .word(let word): PaddingWord(rawValue: word)?.padding
    case .list: $0.wholes.map(WindowSizes.Padding.cells)
    default: nil
    }
  }

  static let roundsUp = Key.flag(
    "ceil", default: false, "whether a last window may reach past the padding")

  private static let cells = 0...(Limits.kernel.upperBound - 1)

  /// The words for a padding: ONNX's, and PyTorch's `valid` and `same`.
  private enum PaddingWord: String, CaseIterable {
    case valid, same
    case sameUpper = "same_upper"
    case sameLower = "same_lower"

    var padding: WindowSizes.Padding {
      switch self {
      case .valid: .cells([0])
      case .same: .same
      case .sameUpper: .sameUpper
      case .sameLower: .sameLower
      }
    }
  }

  /// A number for all axes, or a list with one for each.
  static func sizes(
    _ name: String, _ range: ClosedRange<Int>, default fallback: [Int]? = nil,
    says: String? = nil, _ meaning: String
  ) -> Key<[Int]> {
    Key(
      parameter: Parameter(
        name: name,
        accepts: .anyOf([.whole(range), .list(of: .whole(range), counts: 1...2)]),
        fallback: says, meaning: meaning),
      fallback: fallback, read: \.wholes)
  }

  /// The window that `arguments` mean, of which padding is at most `limit` of each axis' extent.
  ///
  /// - Parameter remedy: What else can be done where it is more, to follow "2 at most, ".
  static func window(
    _ arguments: Arguments, stride: [Int]?, dilation: [Int] = [1], roundsUp: Bool = false,
    limit: (Int) -> Int, limitInWords: String, remedy: String
  ) throws(ArgumentError) -> WindowSizes {
    let kernel = try arguments.value(kernel)
    let padding = try arguments.value(Self.padding)
    let axes = (0..<max(kernel.count, dilation.count)).map { axis in
      WindowAxis(
        kernel: kernel[min(axis, kernel.count - 1)],
        dilation: dilation[min(axis, dilation.count - 1)])
    }
    if padding == .same, let even = axes.first(where: { $0.extent % 2 == 0 }) {
      throw ArgumentError(
        "padding", "can be 'same' only with an odd kernel, and this one is \(even.kernel)",
        help: "an even kernel has no middle: give the padding as a number, or as 'same_upper'")
    }
    if case .cells(let cells) = padding {
      for (index, axis) in axes.enumerated() {
        let own = cellsOfAxis(index, of: axes.count, in: cells)
        guard let count = own.first(where: { $0 > limit(axis.extent) }) else { continue }
        let reach = axis.dilation > 1 ? ", which reaches over \(axis.extent)" : ""
        throw ArgumentError(
          "padding", "\(limitInWords), and here it is \(count) of \(axis.kernel)\(reach)",
          help: "\(limit(axis.extent)) at most, \(remedy)")
      }
    }
    return WindowSizes(
      kernel: kernel, stride: stride, padding: padding, dilation: dilation, roundsUp: roundsUp)
  }

  /// Those of `cells` that are about axis `axis` of `count` that windows tell apart: all where the
  /// windows are as large along each axis, or where one number stands for all axes.
  private static func cellsOfAxis(_ axis: Int, of count: Int, in cells: [Int]) -> ArraySlice<Int> {
    guard count == 2 else { return cells[...] }
    switch cells.count {
    case 2: return cells[axis...axis]
    case 4: return cells[2 * axis...2 * axis + 1]
    default: return cells[...]
    }
  }

  /// The window of a pool: it moves by its own size unless told otherwise, and no window lies in
  /// the padding alone.
  static func pool(
    _ arguments: Arguments, dilation: [Int] = [1]
  ) throws(ArgumentError) -> WindowSizes {
    try window(
      arguments, stride: arguments.given(poolStride), dilation: dilation,
      roundsUp: arguments.value(roundsUp), limit: { $0 / 2 },
      limitInWords: "is at most half of the kernel", remedy: "or a 'pad' before it")
  }

  /// A window's attributes with their values: those that every window has, then what is not as
  /// usual.
  static func attributes(_ sizes: WindowSizes) -> [AttributeValue] {
    var attributes = [
      AttributeValue(kernel, text(sizes.kernel)),
      AttributeValue(poolStride, text(sizes.stride ?? sizes.kernel)),
      AttributeValue(padding, text(sizes)),
    ]
    if sizes.dilation.contains(where: { $0 > 1 }) {
      attributes.append(AttributeValue(dilation, text(sizes.dilation)))
    }
    if sizes.roundsUp { attributes.append(AttributeValue(roundsUp, true)) }
    return attributes
  }

  private static func text(_ sizes: [Int]) -> String {
    Set(sizes).count == 1 ? "\(sizes[0])" : Shape(sizes).description
  }

  private static func text(_ sizes: WindowSizes) -> String {
    switch sizes.padding {
    case .cells(let cells): text(cells)
    case .same:
      text(
        sizes.kernel.indices.map {
          (sizes.kernel[$0] - 1) * sizes.dilation[min($0, sizes.dilation.count - 1)] / 2
        })
    case .sameUpper: PaddingWord.sameUpper.rawValue
    case .sameLower: PaddingWord.sameLower.rawValue
    }
  }
}
