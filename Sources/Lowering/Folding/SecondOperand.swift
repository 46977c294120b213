import IR

/// A value that an operation of two puts together with what a kernel has just computed, number by
/// number: the other branch of a residual block.
package struct SecondOperand: Hashable, Sendable {
  /// The value.
  package let value: ValueID
  /// The operation.
  package let function: ScalarFunction
  /// Whether the value is the first of its two operands.
  package let isFirst: Bool

  /// What the C calls it.
  package static let name = "other"

  /// The same, where it lies in memory.
  package struct Placed: Hashable, Sendable {
    package let operand: SecondOperand
    package let buffer: BufferID
  }

  /// The same with channels in the lanes, and how it lies; nil where its examples are.
  package func channels(in planner: KernelPlanner) -> (placed: Placed, layout: ChannelLayout)? {
    planner.channels(.activation(value)).map {
      (Placed(operand: self, buffer: $0.buffer), $0.layout)
    }
  }

  package func placed(in planner: KernelPlanner) -> Placed {
    Placed(operand: self, buffer: planner.place(.activation(value)))
  }
}

extension SecondOperand.Placed {
  package var function: ScalarFunction { operand.function }

  /// The buffer, where the result of an operation that reads `x` may take its place number by number.
  package func replaced(beside x: BufferID) -> BufferID? { buffer == x ? nil : buffer }

  /// What becomes of `sum` and the other number.
  fileprivate func expression(_ sum: ScalarExpression) -> ScalarExpression {
    let other = ScalarExpression.variable(SecondOperand.name)
    return .call(function, operand.isFirst ? [other, sum] : [sum, other])
  }
}

extension SecondOperand.Placed? {
  /// What a kernel's comment says becomes of its sums; nil where they stay.
  package func formula(then activation: Activation?, _ names: CodegenContext) -> String? {
    guard let self else {
      return activation.map { "then y = \($0.formula(names)), x the sum" }
    }
    let sum = self.expression(.variable("sum")).inlined
    let whole = activation.map { $0.formula(of: sum, names) } ?? sum.formula
    return "then y = \(whole), where \(SecondOperand.name) is "
      + names.plan[self.buffer].name
  }
}

extension CodegenContext {
  /// C over vectors of channels for what becomes of `sum` likewise: put together with the vector `other`
  /// of a second operand, and brought through an activation.
  ///
  /// - Parameter slopes: C for the vector of the activation's slopes.
  package func value(
    of sum: String, _ second: SecondOperand.Placed?, as other: String,
    then activation: Activation?, slopes: String = "slope[v]"
  ) -> String {
    guard let second else { return activated(sum, by: activation, slopes: slopes) }
    let whole = second.expression(.variable("sum"))
    var values = ["sum": sum, SecondOperand.name: other]
    if let activation, activation.slope != nil {
      values[activation.function.parameters[1]] = slopes
    }
    return vector(activation.map { $0.applied(to: whole) } ?? whole, values)
  }

  /// C over vectors for what becomes of `sum`: put together with the number at `index` of a second
  /// operand, where there is one, and then brought through an activation, whose slope is number `c` of
  /// those that `slope` points to.
  package func value(
    of sum: String, _ second: SecondOperand.Placed?, at index: String,
    then activation: Activation?, at c: String
  ) -> String {
    guard let second else { return activated(sum, by: activation, at: c) }
    let whole = second.expression(.variable("sum"))
    return vector(
      activation.map { $0.applied(to: whole) } ?? whole,
      ["sum": sum, SecondOperand.name: "\(SecondOperand.name)[\(index)]"]
        .merging(slope(of: activation, at: c)) { first, _ in first })
  }
}
