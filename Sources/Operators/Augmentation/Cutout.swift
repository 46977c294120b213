import IR
import Lowering

/// `augment cutout(8)`: a square of each image becomes 0 (DeVries and Taylor, 2017). Its middle is
/// anywhere in the image, so that it may hang over the edge.
///
///     y[c, i, j] = top <= i < top + size and left <= j < left + size ? 0 : x[c, i, j]
package struct Cutout: Augmentation {
  private static let size = Key.whole(
    "size", in: Limits.dimension, "rows and columns of the square")

  package static let definition = Definition<any Augmentation>(
    "cutout", "a square of each image becomes 0", positional: [size.parameter]
  ) { arguments throws(ArgumentError) in Cutout(size: try arguments.value(size)) }

  package let keyword = "cutout"
  package var stream = 0
  package var movesPlaces: Bool { false }
  let size: Int

  package init(size: Int) { self.size = size }

  package var attributes: [AttributeValue] { [AttributeValue(Self.size, size)] }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    let shape = operands[0]
    try AugmentationKeys.check(keyword, shape, needsRows: true)
    guard size < 2 * min(shape.height, shape.width) else {
      throw ShapeError(
        "a square of \(size) x \(size) leaves nothing of \(shape)",
        help: "a side of less than \(2 * min(shape.height, shape.width))")
    }
    return shape
  }

  package var formula: String { "y = 0 in a square of \(size) x \(size), else x, in training" }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let shape = inputs.result
    return (0..<inputs.count).flatMap { example in
      func start(_ unit: Int, _ count: Int) -> Int {
        let number = UInt64(inputs.draw.number(row: example, unit: unit, of: self))
        return Int((number * UInt64(count)) >> 31) - size / 2
      }
      let (top, left) = (start(0, shape.height), start(1, shape.width))
      return inputs.indices(of: shape).map { index in
        let isCut =
          (top..<top + size).contains(index[1]) && (left..<left + size).contains(index[2])
        return isCut && inputs.isTraining ? 0 : inputs.number(of: 0, at: index, in: example)
      }
    }
  }
}

extension Cutout: LoweredAugmentation {
  var worksInPlace: Bool { true }
  package var operations: Double { 1 }

  func function(_ shared: inout SharedFunctions) -> String {
    shared.name(SharedText("cutout", template: "Augmentation/cutout.c.mustache"))
  }

  func arguments(of shape: Shape) -> [String] {
    ["\(shape.channels)", "\(shape.height)", "\(shape.width)", "\(size)"]
  }
}
