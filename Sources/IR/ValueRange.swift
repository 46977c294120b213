/// Between which numbers a value lies, by the layers that make it.
package struct ValueRange: Hashable, Sendable {
  /// The bounds; infinite where there is none.
  package var bounds: ClosedRange<Double>
  /// Whether numbers over the whole of it are to be expected: what a dense layer makes. Else it is
  /// only known that there are no others.
  package var isFilled: Bool

  private static let all = -Double.infinity...Double.infinity
  /// Past this, a bound of what was tried is none.
  private static let unbounded = 1e20

  /// Places at which a function is tried: near 0 densely, and far out.
  private static let places: [Double] =
    (-64...64).map { Double($0) / 8 } + [-1e30, -1e3, -100, -20, 20, 100, 1e3, 1e30]

  /// What lies in it after `function`, which takes one number.
  fileprivate func after(_ function: ScalarFunction) -> ValueRange {
    let least = max(bounds.lowerBound, -1e30)
    let most = min(bounds.upperBound, 1e30)
    let between = (0...64).map { least + (most - least) * Double($0) / 64 }
    let results = (Self.places.filter(bounds.contains) + between)
      .map { function.body.value([function.parameters[0]: $0]) }.filter { !$0.isNaN }
    guard let low = results.min(), let high = results.max() else {
      return ValueRange(bounds: Self.all, isFilled: false)
    }
    let lower = low < -Self.unbounded ? -.infinity : low
    let upper = high > Self.unbounded ? .infinity : high
    return ValueRange(bounds: lower...upper, isFilled: isFilled)
  }

  /// What an operation that is no function of one number makes of any numbers.
  fileprivate static func made(by op: any Operation) -> ValueRange {
    if let op = op as? any ProbabilityOperation {
      return ValueRange(bounds: op.makesProbabilities ? 0...1 : -.infinity...0, isFilled: true)
    }
    return ValueRange(bounds: all, isFilled: op is any ProductOperation)
  }

  /// What an input holds.
  fileprivate static let ofInput = ValueRange(bounds: all, isFilled: false)
}

extension Model {
  /// Between which numbers all of `value` lie, as far as the functions of one number that end it say.
  package func range(of value: ValueID) -> ValueRange {
    var functions: [ScalarFunction] = []
    var value = value
    var start = ValueRange.ofInput
    while let layer = value.layer {
      let op = layers[layer].op.base
      if let function = op.activation {
        functions.append(function)
      } else if !(op is any ViewOperation) {
        start = .made(by: op)
        break
      }
      value = layers[layer].operands[0]
    }
    return functions.reversed().reduce(start) { $0.after($1) }
  }
}
