import IR
import Lowering

/// `augment crop`, `augment shift`, `augment time_shift`: examples moved by whole rows and columns, each
/// number of them as likely.
///
///     y[c, i, j] = x[c, i + down, j + right] within x; outside
///       zeros:   0
///       edge:    the nearest number of x
///       reflect: the number as far within x, the edge not repeated
///
/// A crop of an image's size out of that image padded by p on each side is a shift by up to p.
package struct Shift: Augmentation {
  package enum Mode: String, CaseIterable, Sendable {
    case zeros, edge, reflect
  }

  private static let padding = Key.whole(
    "padding", in: Limits.dimension, "rows and columns around the image, at most moved by so many")
  private static let rows = Key.whole(
    "rows", in: 0...Limits.dimension.upperBound, default: 0, "rows up or down, at most")
  private static let columns = Key.whole(
    "columns", in: 0...Limits.dimension.upperBound, default: 0, "columns left or right, at most")
  private static let steps = Key.whole(
    "steps", in: Limits.dimension, "windows or samples earlier or later, at most")
  private static let mode = Key<Mode>.choice(
    "mode", default: .zeros, "what comes in from outside: 0, the edge, or what is mirrored there")

  package static let crop = Definition<any Augmentation>(
    "crop", "a window of the image's size somewhere in the image with padding around it",
    positional: [padding.parameter], keyed: [mode.parameter]
  ) { arguments throws(ArgumentError) in
    let padding = try arguments.value(padding)
    return Shift(
      "crop", rows: padding, columns: padding, mode: try arguments.value(mode), needsRows: true)
  }

  package static let definition = Definition<any Augmentation>(
    "shift", "examples moved by whole rows and columns",
    keyed: [rows.parameter, columns.parameter, mode.parameter]
  ) { arguments throws(ArgumentError) in
    let (rows, columns) = (try arguments.value(rows), try arguments.value(columns))
    guard rows + columns > 0 else {
      throw ArgumentError(
        "rows", "and 'columns' are 0, which moves nothing", help: "write 'shift(columns: 2)'")
    }
    return Shift(
      "shift", rows: rows, columns: columns, mode: try arguments.value(mode), needsRows: rows > 0)
  }

  package static let time = Definition<any Augmentation>(
    "time_shift",
    "a sequence moved along its length, or the windows of sound, [1, windows, numbers], along theirs",
    positional: [steps.parameter], keyed: [mode.parameter]
  ) { arguments throws(ArgumentError) in
    let steps = try arguments.value(steps)
    return Shift(
      "time_shift", rows: steps, columns: steps, mode: try arguments.value(mode), isTime: true)
  }

  package let keyword: String
  package var stream = 0
  package var movesPlaces: Bool { true }
  /// At most, either way.
  let rows, columns: Int
  let mode: Mode
  /// Whether it takes images alone.
  let needsRows: Bool
  /// Whether it moves along the first axis after the channels, whichever that is.
  let isTime: Bool

  init(
    _ keyword: String, rows: Int, columns: Int, mode: Mode, needsRows: Bool = false,
    isTime: Bool = false
  ) {
    self.keyword = keyword
    (self.rows, self.columns, self.mode) = (rows, columns, mode)
    (self.needsRows, self.isTime) = (needsRows, isTime)
  }

  package var attributes: [AttributeValue] {
    let counts =
      switch keyword {
      case Self.crop.signature.keyword: [AttributeValue(Self.padding, rows)]
      case Self.time.signature.keyword: [AttributeValue(Self.steps, rows)]
      default: [AttributeValue(Self.rows, rows), AttributeValue(Self.columns, columns)]
      }
    return counts + [AttributeValue(Self.mode, mode.rawValue)]
  }

  /// The most rows and columns that an example of `shape` is moved by.
  func most(of shape: Shape) -> (down: Int, right: Int) {
    isTime ? (shape.isImage ? (rows, 0) : (0, columns)) : (rows, columns)
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    let shape = operands[0]
    try AugmentationKeys.check(keyword, shape, needsRows: needsRows)
    let (down, right) = most(of: shape)
    let limit = mode == .reflect ? 1 : 0
    for (count, size, what) in [(down, shape.height, "rows"), (right, shape.width, "columns")]
    where count > size - limit {
      throw ShapeError(
        "\(keyword) moves by up to \(count) \(what), and \(shape) has \(size)"
          + (mode == .reflect ? ", one more than can be mirrored" : ""),
        help: size > limit ? "\(size - limit) at most" : "another mode than 'reflect'")
    }
    return shape
  }

  package var formula: String {
    let outside =
      switch mode {
      case .zeros: "0 outside"
      case .edge: "x's edge outside"
      case .reflect: "x mirrored at its edges outside"
      }
    return "y[i, j] = x[i + down, j + right], \(outside), in training"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let shape = inputs.result
    let most = most(of: shape)
    return (0..<inputs.count).flatMap { example in
      func moved(_ unit: Int, _ most: Int) -> Int {
        let number = UInt64(inputs.draw.number(row: example, unit: unit, of: self))
        return inputs.isTraining ? Int((number * UInt64(2 * most + 1)) >> 31) - most : 0
      }
      let (down, right) = (moved(0, most.down), moved(1, most.right))
      return inputs.indices(of: shape).map { index -> Double in
        var index = index
        let last = index.count - 1
        guard let column = inside(index[last] + right, shape.width) else { return 0 }
        index[last] = column
        if shape.isImage {
          guard let row = inside(index[1] + down, shape.height) else { return 0 }
          index[1] = row
        }
        return inputs.number(of: 0, at: index, in: example)
      }
    }
  }

  /// The place that is read for `place`; nil where it is 0.
  private func inside(_ place: Int, _ size: Int) -> Int? {
    switch mode {
    case .zeros: return (0..<size).contains(place) ? place : nil
    case .edge: return min(max(place, 0), size - 1)
    case .reflect:
      let inside = abs(place)
      return inside < size ? inside : 2 * (size - 1) - inside
    }
  }
}

extension Shift: LoweredAugmentation {
  var worksInPlace: Bool { false }
  package var operations: Double { 1 }

  func function(_ shared: inout SharedFunctions) -> String {
    shared.define(.movedBy)
    let stem = "shift_\(mode.rawValue)"
    if mode == .zeros { return shared.name(ShiftTask(stem: stem, index: nil)) }
    let index = mode == .edge ? "clamped" : "reflected"
    shared.define(SharedText(index, template: "Shape/\(index).c.mustache"))
    return shared.name(ShiftTask(stem: stem, index: index))
  }

  func arguments(of shape: Shape) -> [String] {
    let (down, right) = most(of: shape)
    return ["\(shape.channels)", "\(shape.height)", "\(shape.width)", "\(down)", "\(right)"]
  }
}

struct ShiftTask: SharedFunction {
  var template: String { "Augmentation/shift.c.mustache" }
  let stem: String
  var name = ""
  /// The function that makes the indices of what is read; nil where 0 comes in.
  let index: String?
}

extension SharedText {
  /// A whole number by which something is moved.
  static let movedBy = SharedText("moved_by", template: "Augmentation/moved_by.c.mustache")
}
