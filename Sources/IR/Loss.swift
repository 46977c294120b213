import Diagnostics

/// `loss softmax_cross_entropy(logits, digit, reduction: sum)`
package struct Loss: Hashable, Sendable {
  /// What is computed of each example.
  package var function: AnyLossFunction
  /// The value that it reads.
  package var operand: ValueID
  /// How the examples' losses become one number, whose gradient is taken.
  package var reduction: Reduction
  /// Where it stands.
  package var range: SourceRange

  /// How the examples' losses become one number.
  package enum Reduction: String, Hashable, Sendable, CaseIterable {
    case sum
    case mean
  }

  /// A loss of `operand` against the model's target.
  package init(
    function: any LossFunction, operand: ValueID, reduction: Reduction, range: SourceRange
  ) {
    self.function = AnyLossFunction(function)
    self.operand = operand
    self.reduction = reduction
    self.range = range
  }
}

/// A loss of one example: one value type in one file.
package protocol LossFunction: Hashable, Sendable {
  /// The word in a model file.
  var keyword: String { get }
  /// The attributes with their values.
  var attributes: [AttributeValue] { get }

  /// Why the loss cannot be taken of a value of this shape against this target; nil where it can.
  func mismatch(of value: Shape, with target: Target.Kind) -> ShapeError?

  /// The loss of one example, straight from its formula.
  ///
  /// - Parameters:
  ///   - outputs: The example's numbers.
  ///   - target: Its target's numbers; of a class one, its index.
  func reference(_ outputs: [Double], _ target: [Double]) -> Double

  /// This loss of `function`'s results as a loss of what the function is applied to, where the
  /// results have not the digits that the loss and its gradient need. nil where it is as well taken
  /// of the results.
  func absorbing(_ function: ScalarFunction) -> (any LossFunction)?
}

extension LossFunction {
  package var attributes: [AttributeValue] { [] }

  package func absorbing(_ function: ScalarFunction) -> (any LossFunction)? { nil }
}

/// The mean over an example's numbers of a scalar function of each number `x` and its target `t`.
/// The gradient follows from the function.
package struct ElementwiseLoss: LossFunction {
  package let keyword: String
  package let attributes: [AttributeValue]
  /// The loss of one number: a function of `x` and `t`.
  package let function: ScalarFunction
  /// The slope by x; by default the function's derivative.
  package let slope: ScalarExpression
  /// Which targets it can be taken against.
  package let targets: Targets
  /// What it becomes where it absorbs the function before it.
  package let absorptions: [Absorption]
  /// What a reader of the C should know beside the formula, a line each.
  package let remarks: [String]

  /// What a target is to a loss.
  package enum Targets: Hashable, Sendable {
    /// As many real values as the operand has.
    case values
    /// Those, or a class of two: 0 or 1.
    case valuesOrTwoClasses
  }

  /// A function that the loss absorbs.
  package struct Absorption: Hashable, Sendable {
    /// The function, of `x`.
    package let function: ScalarExpression
    /// The loss in terms of that `x`.
    package let whole: ElementwiseLoss

    package init(of function: ScalarExpression, into whole: ElementwiseLoss) {
      self.function = function
      self.whole = whole
    }
  }

  package init(
    _ keyword: String, attributes: [AttributeValue] = [], targets: Targets = .values,
    absorbing absorptions: [Absorption] = [], remarks: [String] = [],
    slope: ScalarExpression? = nil,
    _ expression: (ScalarExpression, ScalarExpression) -> ScalarExpression
  ) {
    self.keyword = keyword
    self.attributes = attributes
    self.targets = targets
    self.absorptions = absorptions
    self.remarks = remarks
    function = ScalarFunction(keyword, ["x", "t"], expression(.variable("x"), .variable("t")))
    self.slope = slope ?? function.body.derivative(by: "x")
  }

  package func reference(_ outputs: [Double], _ target: [Double]) -> Double {
    zip(outputs, target).reduce(0) { $0 + function.body.value(["x": $1.0, "t": $1.1]) }
      / Double(outputs.count)
  }

  package func absorbing(_ function: ScalarFunction) -> (any LossFunction)? {
    guard function.parameters.count == 1 else { return nil }
    let body = function.applied(to: [.variable("x")]).inlined.simplified
    return absorptions.first { $0.function == body }?.whole
  }

  package func mismatch(of value: Shape, with target: Target.Kind) -> ShapeError? {
    switch (target, targets) {
    case (.values(let shape), .values):
      return value == shape
        ? nil
        : ShapeError(
          "the target is \(shape), and this value is \(value)",
          help: "end it with dense(\(shape.elementCount))")
    case (.values(let shape), .valuesOrTwoClasses):
      return value == shape
        ? nil : ShapeError("the target is \(shape), and this value is \(value)")
    case (.classes, .values):
      return ShapeError(
        "\(keyword) needs a target of real values, and this one has classes",
        help: "declare it by its shape, as '[1]'")
    case (.classes(let count), .valuesOrTwoClasses):
      guard count == 2 else {
        return ShapeError(
          "\(keyword) needs a target of two classes, and this one has \(count)",
          help: "softmax_cross_entropy takes more than two")
      }
      return value.dimensions == [1]
        ? nil
        : ShapeError(
          "\(keyword) needs one probability, [1], and this value is \(value)",
          help: "end it with dense(1) | sigmoid")
    }
  }
}

/// A loss function of any type.
package struct AnyLossFunction: Hashable, Sendable {
  package let base: any LossFunction

  package init(_ base: any LossFunction) { self.base = base }

  package static func == (left: AnyLossFunction, right: AnyLossFunction) -> Bool {
    AnyHashable(left.base) == AnyHashable(right.base)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(base)) }
}
