import Foundation
import IR
import Lowering

/// `augment noise(0.1)`: a number of a normal distribution added to each (Box and Muller, 1958).
///
///     y[2k]     = x[2k]     + deviation * sqrt(-2 ln u) * cos(2 pi v)
///     y[2k + 1] = x[2k + 1] + deviation * sqrt(-2 ln u) * sin(2 pi v)
package struct Noise: Augmentation {
  private static let deviation = Key.real("deviation", atLeast: 0, "of the numbers added")

  package static let definition = Definition<any Augmentation>(
    "noise", "a normally distributed number added to each", positional: [deviation.parameter]
  ) { arguments throws(ArgumentError) in Noise(deviation: try arguments.value(deviation)) }

  package let keyword = "noise"
  package var stream = 0
  package var movesPlaces: Bool { false }
  let deviation: Double

  package init(deviation: Double) { self.deviation = deviation }

  package var attributes: [AttributeValue] { [AttributeValue(Self.deviation, deviation)] }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  package var formula: String { "y = x + normal(0, \(deviation)), in training" }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    guard inputs.isTraining else { return inputs.operands[0] }
    let size = inputs.result.elementCount
    return inputs.operands[0].enumerated().map { index, x in
      let (row, unit) = (index / size, index % size)
      func drawn(_ unit: Int) -> Double {
        Double(inputs.draw.number(row: row, unit: unit, of: self)) + 0.5
      }
      let radius = deviation * (-2 * log(drawn(unit & ~1) * 0x1p-31)).squareRoot()
      let angle = drawn(unit | 1) * (Double.pi * 0x1p-30)
      return x + radius * (unit % 2 == 0 ? cos(angle) : sin(angle))
    }
  }
}

extension Noise: LoweredAugmentation {
  var worksInPlace: Bool { true }
  package var operations: Double { 20 }

  package func tasks(of shape: Shape) -> Int { 1 }

  func function(_ shared: inout SharedFunctions) -> String {
    shared.name(SharedText("noise", template: "Augmentation/noise.c.mustache"))
  }

  func arguments(of shape: Shape) -> [String] {
    ["\(shape.elementCount)", CText.double(deviation)]
  }
}
