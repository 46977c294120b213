import IR
import Lowering

/// `augment flip`: some examples mirrored, left to right or top to bottom.
///
///     y[c, i, j] = x[c, i, width - 1 - j]   or   x[c, height - 1 - i, j]
///
/// Each example is flipped with a probability, in each epoch anew; or in every other epoch, half of
/// them in the even ones: so that an epoch and the next see each example once in each way (Jordan,
/// "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024).
package struct Flip: Augmentation {
  private enum Direction: String, CaseIterable, Sendable {
    case horizontal, vertical
  }

  private static let direction = Key<Direction>.choice(
    "direction", default: .horizontal, "left to right, or top to bottom")
  private static let alternating = Key.flag(
    "alternating", default: false, "whether each example is flipped in every other epoch instead")

  package static let definition = Definition<any Augmentation>(
    "flip", "some examples mirrored", positional: [direction.parameter],
    keyed: [AugmentationKeys.probability.parameter, alternating.parameter]
  ) { arguments throws(ArgumentError) in
    let alternates = try arguments.value(alternating)
    if alternates, arguments.given(AugmentationKeys.probability) != nil {
      throw ArgumentError(
        "probability", "is for flips that are drawn in each epoch, and these alternate")
    }
    return Flip(
      isVertical: try arguments.value(direction) == .vertical, alternates: alternates,
      probability: try arguments.value(AugmentationKeys.probability))
  }

  package let keyword = "flip"
  package var stream = 0
  package var movesPlaces: Bool { true }
  let isVertical, alternates: Bool
  let probability: Double

  package init(isVertical: Bool, alternates: Bool, probability: Double) {
    (self.isVertical, self.alternates) = (isVertical, alternates)
    self.probability = probability
  }

  package var attributes: [AttributeValue] {
    [AttributeValue(Self.direction, isVertical ? "vertical" : "horizontal")]
      + (alternates
        ? [AttributeValue(Self.alternating, true)]
        : [AttributeValue(AugmentationKeys.probability, probability)])
  }

  /// Draws of 31 bits up to this one flip; -1 where none does.
  var most: Int { Int((probability * 0x1p31).rounded()) - 1 }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    try AugmentationKeys.check(keyword, operands[0], needsRows: isVertical)
    return operands[0]
  }

  package var formula: String {
    let when = alternates ? "in every other epoch" : "for \(probability) of the examples"
    return "y = x from \(isVertical ? "bottom to top" : "right to left") \(when), in training"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let shape = inputs.result
    return (0..<inputs.count).flatMap { example in
      let flips = inputs.isTraining && flips(example, inputs.draw)
      return inputs.indices(of: shape).map { index in
        var index = index
        let axis = index.count - (isVertical ? 2 : 1)
        if flips { index[axis] = shape.dimensions[axis] - 1 - index[axis] }
        return inputs.number(of: 0, at: index, in: example)
      }
    }
  }

  /// Whether row `row` of the data is flipped.
  package func flips(_ row: Int, _ draw: RandomDraw) -> Bool {
    guard alternates else { return Int(draw.number(row: row, unit: 0, of: self)) <= most }
    let first = draw.number(row: row, unit: 0, of: self, epoch: 0) >> 30
    return (UInt64(first) ^ draw.epoch) & 1 == 1
  }
}

extension Flip: LoweredAugmentation {
  var worksInPlace: Bool { false }
  package var operations: Double { 1 }

  func function(_ shared: inout SharedFunctions) -> String {
    let flipped = shared.name(FlippedLanes(alternates: alternates))
    return shared.name(FlipTask(isVertical: isVertical, flipped: flipped, alternates: alternates))
  }

  func arguments(of shape: Shape) -> [String] {
    (alternates ? [] : ["\(most)"]) + ["\(shape.channels)", "\(shape.height)", "\(shape.width)"]
  }
}

/// Which examples are flipped.
struct FlippedLanes: SharedFunction {
  var template: String { "Augmentation/flipped_lanes.c.mustache" }
  var stem: String { alternates ? "flipped_in_turn" : "flipped_lanes" }
  var name = ""
  let alternates: Bool
}

struct FlipTask: SharedFunction {
  var template: String { "Augmentation/flip.c.mustache" }
  var stem: String {
    "flip_\(isVertical ? "rows" : "columns")" + (alternates ? "_in_turn" : "")
  }
  var name = ""
  let isVertical: Bool
  /// The function that says which.
  let flipped: String
  let alternates: Bool
}
