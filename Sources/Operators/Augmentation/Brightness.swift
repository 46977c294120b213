import IR
import Lowering

/// `augment brightness(0.2)`: the numbers of an example times a factor, each from 1 - amount to
/// 1 + amount as likely; `augment contrast(0.2)`: their distances from their mean.
///
///     brightness: y = factor * x
///     contrast:   y = mean + factor * (x - mean), mean over the example
///
/// As torchvision's ColorJitter has it, but that results are not cut to the range of bytes, and that the
/// mean is over the channels as they are.
package struct Brightness: Augmentation {
  private static let amount = Key.real(
    "amount", atLeast: 0, atMost: 1, "how far the factor is from 1, at most")

  package static let definition = Definition<any Augmentation>(
    "brightness", "the numbers of an example, all times a factor", positional: [amount.parameter]
  ) { arguments throws(ArgumentError) in
    Brightness(amount: try arguments.value(amount), isContrast: false)
  }

  package static let contrast = Definition<any Augmentation>(
    "contrast", "the distances of an example's numbers from their mean, all times a factor",
    positional: [amount.parameter]
  ) { arguments throws(ArgumentError) in
    Brightness(amount: try arguments.value(amount), isContrast: true)
  }

  package var keyword: String { isContrast ? "contrast" : "brightness" }
  package var stream = 0
  package var movesPlaces: Bool { false }
  let amount: Double
  let isContrast: Bool

  package init(amount: Double, isContrast: Bool) {
    (self.amount, self.isContrast) = (amount, isContrast)
  }

  package var attributes: [AttributeValue] { [AttributeValue(Self.amount, amount)] }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  package var formula: String {
    let value = isContrast ? "mean + factor * (x - mean)" : "factor * x"
    return "y = \(value), factor from \(1 - amount) to \(1 + amount), in training"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    guard inputs.isTraining else { return inputs.operands[0] }
    let size = inputs.result.elementCount
    return (0..<inputs.count).flatMap { example in
      let number = Double(inputs.draw.number(row: example, unit: 0, of: self))
      let factor = 1 + amount * (number * 0x1p-30 - 1)
      let numbers = inputs.operands[0][example * size..<(example + 1) * size]
      let mean = isContrast ? numbers.reduce(0, +) / Double(size) : 0
      return numbers.map { mean + factor * ($0 - mean) }
    }
  }
}

extension Brightness: LoweredAugmentation {
  var worksInPlace: Bool { true }
  package var operations: Double { isContrast ? 3 : 1 }

  /// A mean is over the whole example.
  package func tasks(of shape: Shape) -> Int { isContrast ? 1 : shape.channels }

  func function(_ shared: inout SharedFunctions) -> String {
    shared.define(SharedText("factor_of", template: "Augmentation/factor_of.c.mustache"))
    return shared.name(
      SharedText(keyword, template: "Augmentation/\(keyword).c.mustache"))
  }

  func arguments(of shape: Shape) -> [String] {
    (isContrast
      ? ["\(shape.elementCount)"] : ["\(shape.channels)", "\(shape.planeCount)"])
      + [CText.real(amount)]
  }
}
