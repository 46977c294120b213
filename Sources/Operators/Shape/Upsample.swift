import IR

/// Values between the numbers of a value: `upsample(2)`, `upsample(size: [14, 14], mode: bilinear)`,
/// as PyTorch's interpolate has it.
///
///     nearest: y[c, i] = x[c, floor(i * size / n)], of `size` numbers n
///     linear:  y[c, i] = (1 - f) x[c, p] + f x[c, p + 1], p + f = (i + 0.5) size / n - 0.5, held
///              within x; with align_corners i (size - 1) / (n - 1)
///
/// along each axis but the channels; bilinear and trilinear are linear along two and three.
package struct Upsample: Operation {
  private static let sizes = Parameter.Accepted.anyOf([
    .whole(Limits.dimension), .list(of: .whole(Limits.dimension), counts: 1...3),
  ])
  private static let scaleKey = Key<[Int]>(
    parameter: Parameter(
      name: "scale", accepts: sizes, fallback: "by size",
      meaning: "how many numbers become of one, one number or a list by axis, channels left out"),
    fallback: nil, read: \.wholes)
  private static let sizeKey = Key<[Int]>(
    parameter: Parameter(
      name: "size", accepts: sizes, fallback: "by scale",
      meaning: "the result's sizes, one number or a list, channels left out"),
    fallback: nil, read: \.wholes)
  private static let modeKey = Key<Mode>.choice(
    "mode", default: .nearest, "the nearest number, or what lies between the nearest ones")
  private static let alignKey = Key.flag(
    "align_corners", default: false, "whether the outermost numbers of both lie over each other")

  package static let definition = Definition<any Operation>(
    "upsample", "values between the numbers of a value", positional: [scaleKey.parameter],
    keyed: [sizeKey.parameter, modeKey.parameter, alignKey.parameter]
  ) { arguments throws(ArgumentError) in
    let (scale, size) = (arguments.given(scaleKey), arguments.given(sizeKey))
    guard (scale == nil) != (size == nil) else {
      throw ArgumentError(
        "scale", scale == nil ? "or 'size' has to be given" : "and 'size' cannot both be given",
        help: scale == nil
          ? "write 'upsample(2)' or 'upsample(size: 16)'" : "take one of them out")
    }
    let (mode, aligns) = (try arguments.value(modeKey), try arguments.value(alignKey))
    if aligns, mode == .nearest {
      throw ArgumentError(
        "align_corners", "has no meaning with 'mode: nearest'",
        help: "take it out, or take 'mode: bilinear'")
    }
    return Upsample(scale: scale, size: size, mode: mode, alignsCorners: aligns)
  }

  package enum Mode: String, CaseIterable, Sendable {
    case nearest, linear, bilinear, trilinear

    /// How many axes it is for; nil where any number of them.
    var axes: Int? {
      switch self {
      case .nearest: nil
      case .linear: 1
      case .bilinear: 2
      case .trilinear: 3
      }
    }
  }

  package let keyword = "upsample"
  /// One of both.
  let scale, size: [Int]?
  let mode: Mode
  let alignsCorners: Bool

  package var attributes: [AttributeValue] {
    [
      scale.map { AttributeValue(Self.scaleKey, $0) },
      size.map { AttributeValue(Self.sizeKey, $0) },
    ]
    .compactMap { $0 } + [
      AttributeValue(Self.modeKey, mode.rawValue), AttributeValue(Self.alignKey, alignsCorners),
    ]
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    let shape = operands[0]
    let axes = shape.dimensions.count - 1
    guard axes > 0 else {
      throw ShapeError(
        "upsample needs [channels, length] or an image, and this is \(shape)",
        help: "'reshape([1, \(shape.channels)])' makes a sequence of it")
    }
    if let needed = mode.axes, needed != axes {
      let word = [Mode.linear, .bilinear, .trilinear][axes - 1]
      throw ShapeError(
        "\(mode.rawValue) is for \(needed) \(needed == 1 ? "axis" : "axes") beside the channels, and "
          + "\(shape) has \(axes)",
        help: "that is 'mode: \(word.rawValue)'")
    }
    let numbers = scale ?? size ?? []
    guard numbers.count == 1 || numbers.count == axes else {
      throw ShapeError(
        "upsample has \(numbers.count) numbers, \(numbers), for the \(axes) "
          + "\(axes == 1 ? "axis" : "axes") of \(shape) beside the channels",
        help: numbers.count == axes + 1
          ? "channels have none: '\(numbers.dropFirst().map(String.init).listed)'"
          : "one number stands for all axes")
    }
    let each = numbers.count == 1 ? [Int](repeating: numbers[0], count: axes) : numbers
    let sizes = scale == nil ? each : zip(shape.dimensions.dropFirst(), each).map { $0 * $1 }
    return Shape([shape.channels] + sizes)
  }

  package var formula: String {
    mode == .nearest
      ? "y[c, i, ..] = x[c, floor(i * size / n), ..], of size numbers n"
      : "y[c, i, ..] = (1 - f) x[c, p, ..] + f x[c, p + 1, ..], "
        + (alignsCorners
          ? "p + f = i * (size - 1) / (n - 1)" : "p + f = (i + 0.5) * size / n - 0.5")
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let (from, to) = (inputs.shapes[0].dimensions, inputs.result.dimensions)
    return inputs.reading { index, x in
      // Along each axis the two numbers on both sides, and the weight of the second.
      var corners: [(index: [Int], weight: Double)] = [([index[0]], 1)]
      for axis in from.indices.dropFirst() {
        let position = position(index[axis], from[axis], to[axis])
        let low = Int(position.rounded(.down))
        let weight = position - Double(low)
        corners = corners.flatMap { corner in
          [(low, 1 - weight), (min(low + 1, from[axis] - 1), weight)].map {
            (corner.index + [$0.0], corner.weight * $0.1)
          }
        }
      }
      return corners.reduce(0) { $1.weight == 0 ? $0 : $0 + $1.weight * x($1.index) }
    }
  }

  /// Where number `index` of `n` lies among `size` numbers.
  private func position(_ index: Int, _ size: Int, _ n: Int) -> Double {
    if mode == .nearest { return Double(index * size / n) }
    if alignsCorners { return n > 1 ? Double(index) * Double(size - 1) / Double(n - 1) : 0 }
    let center = (Double(index) + 0.5) * Double(size) / Double(n) - 0.5
    return min(max(center, 0), Double(size - 1))
  }
}
