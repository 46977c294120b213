import IR

/// Dropout (Srivastava et al., 2014), `dropout(rate)`, and of whole channels (Tompson et al.,
/// 2015), `channel_dropout(rate)`: PyTorch's `Dropout` and `Dropout2d`.
///
///     y = x / (1 - rate) where it is kept, else 0; dx = dy / (1 - rate) where it is kept, else 0
///
/// What is kept is drawn from the training's seed, the step, the layer, the example and the place,
/// and drawn again for the gradient. In evaluation nothing changes.
package struct Dropout: RandomOperation {
  private static let rateKey = Key.real(
    "rate", atLeast: 0, atMost: 1, "the part that is set to 0, less than 1")

  package static let definition = Definition<any Operation>(
    "dropout", "in training some numbers, drawn anew in each step, become 0, and the others larger",
    positional: [rateKey.parameter]
  ) { arguments throws(ArgumentError) in
    Dropout(rate: try rate(arguments), dropsChannels: false)
  }

  package static let channelDefinition = Definition<any Operation>(
    "channel_dropout",
    "in training some channels, drawn anew in each step, become 0, and the others larger",
    positional: [rateKey.parameter]
  ) { arguments throws(ArgumentError) in
    Dropout(rate: try rate(arguments), dropsChannels: true)
  }

  private static func rate(_ arguments: Arguments) throws(ArgumentError) -> Double {
    let rate = try arguments.value(rateKey)
    // Less than what 31 random bits cannot tell from 1.
    guard threshold(of: rate) < 1 << 31 else {
      throw ArgumentError(
        rateKey.name, "must be smaller than 1, or nothing is left to learn from",
        help: "usual are 0.1 to 0.5")
    }
    return rate
  }

  package var rate: Double
  /// Whether a channel is kept or dropped as a whole.
  package var dropsChannels: Bool

  package init(rate: Double, dropsChannels: Bool = false) {
    self.rate = rate
    self.dropsChannels = dropsChannels
  }

  package var keyword: String { dropsChannels ? "channel_dropout" : "dropout" }
  package var attributes: [AttributeValue] { [AttributeValue(Self.rateKey, rate)] }

  /// Random numbers of 31 bits below this one drop.
  package var threshold: Int { Self.threshold(of: rate) }

  private static func threshold(of rate: Double) -> Int { Int((rate * 0x1p31).rounded()) }

  /// What kept numbers are multiplied by.
  package var scale: Double { 1 / (1 - rate) }

  /// What is kept or dropped as a whole: how many units an example has, and numbers a unit.
  package func units(of shape: Shape) -> (count: Int, size: Int) {
    dropsChannels ? (shape.channels, shape.planeCount) : (shape.elementCount, 1)
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  package var formula: String {
    "y = \(dropsChannels ? "channel" : "number") kept ? x / (1 - \(rate)) : 0"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    guard inputs.isTraining else { return inputs.operands[0] }
    let (count, size) = units(of: inputs.result)
    return inputs.operands[0].enumerated().map { index, x in
      let unit = index / size
      let number = inputs.draw.number(example: unit / count, unit: unit % count)
      return Int(number) >= threshold ? x * scale : 0
    }
  }
}
