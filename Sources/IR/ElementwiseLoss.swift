/// The mean, or the sum, over an example's numbers of a scalar function of each number `x` and its
/// target `t`. The gradient follows from the function.
package struct ElementwiseLoss: LossFunction {
  package let keyword: String
  package let attributes: [AttributeValue]
  /// The loss of one number: a function of `x` and `t`.
  package let function: ScalarFunction
  /// The slope by x; by default the function's derivative.
  package let slope: ScalarExpression
  /// What an example's numbers become.
  package let gathering: Gathering
  /// Which targets it can be taken against.
  package let targets: Targets
  /// What the class `t`, 0 or 1, is in the function.
  package let classNumber: ScalarExpression
  package let isOfLogit: Bool
  package let isOfLabels: Bool
  package let reads: LossOperand?
  package let probabilities: Probabilities?
  /// What it becomes where it absorbs the function before it.
  package let absorptions: [Absorption]
  /// What a reader of the C should know beside the formula, a line each.
  package let remarks: [String]

  /// How the losses of an example's numbers become the example's loss.
  package enum Gathering: Hashable, Sendable {
    case mean
    case sum
  }

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
    _ keyword: String, attributes: [AttributeValue] = [], gathering: Gathering = .mean,
    targets: Targets = .values, classNumber: ScalarExpression = .variable("t"),
    isOfLogit: Bool = false, isOfLabels: Bool = false, reads: LossOperand? = nil,
    probabilities: Probabilities? = nil,
    absorbing absorptions: [Absorption] = [], remarks: [String] = [],
    slope: ScalarExpression? = nil,
    _ expression: (ScalarExpression, ScalarExpression) -> ScalarExpression
  ) {
    self.keyword = keyword
    self.attributes = attributes
    self.gathering = gathering
    self.targets = targets
    self.classNumber = classNumber
    self.isOfLogit = isOfLogit
    self.isOfLabels = isOfLabels
    self.reads = reads
    self.probabilities = probabilities
    self.absorptions = absorptions
    self.remarks = remarks
    function = ScalarFunction(keyword, ["x", "t"], expression(.variable("x"), .variable("t")))
    self.slope = slope ?? function.body.derivative(by: "x")
  }

  package func resolved(for kind: Target.Kind, of value: Shape) -> any LossFunction {
    guard kind.classCount > 0, classNumber != .variable("t") else { return self }
    return ElementwiseLoss(
      keyword, attributes: attributes, gathering: gathering, targets: targets,
      isOfLogit: isOfLogit, isOfLabels: isOfLabels, reads: reads, probabilities: probabilities,
      absorbing: absorptions,
      remarks: remarks, slope: slope.substituting(["t": classNumber]).simplified
    ) { _, _ in function.body.substituting(["t": classNumber]).simplified }
  }

  /// What an example's sum over `outputs` numbers is divided by.
  package func divisor(of outputs: Int) -> Int { gathering == .mean ? outputs : 1 }

  package func reference(_ outputs: [Double], _ target: [Double]) -> Double {
    zip(outputs, target).reduce(0) { $0 + function.body.value(["x": $1.0, "t": $1.1]) }
      / Double(divisor(of: outputs.count))
  }

  package func absorbing(_ function: ScalarFunction) -> (any LossFunction)? {
    guard function.parameters.count == 1 else { return nil }
    let body = function.applied(to: [.variable("x")]).inlined.simplified
    return absorptions.first { $0.function == body }?.whole
  }

  package func mismatch(of value: Shape, with target: Target.Kind) -> ShapeError? {
    switch (target, targets) {
    case (.values(let shape), .values), (.values(let shape), .valuesOrTwoClasses):
      return value == shape
        ? nil
        : ShapeError(
          "the target is \(shape), and this value is \(value)",
          help: Self.remedy(value, for: shape))
    case (.classes, .values):
      return ShapeError(
        "\(keyword) needs a target of real values, and this one has classes",
        help: "declare it by its shape, '\(value)', or take softmax_cross_entropy for classes")
    case (.classes(let count, let positions), .valuesOrTwoClasses):
      guard count == 2 else {
        return ShapeError(
          "\(keyword) needs a target of two classes, and this one has \(count)",
          help: "softmax_cross_entropy takes more than two")
      }
      guard positions.isEmpty else {
        return ShapeError(
          "\(keyword) takes one class of an example, and this target has one at each position of "
            + "\(Shape(positions))",
          help: "declare its numbers by their shape, as '\(value)'")
      }
      guard value.dimensions != [1] else { return nil }
      return ShapeError(
        "\(keyword) needs one \(isOfLogit ? "number" : "probability"), [1], and this value is "
          + "\(value)",
        help: "end it with \(Self.dense(1, of: value))\(isOfLogit ? "" : " | sigmoid")")
    }
  }

  /// What ends a value so that it has the target's shape, where that is plain.
  private static func remedy(_ value: Shape, for target: Shape) -> String {
    if target.elementCount == value.elementCount { return "end it with reshape(\(target))" }
    guard target.dimensions.count == 1 else { return "declare the target as '\(value)'" }
    return "end it with \(dense(target.elementCount, of: value))"
  }

  private static func dense(_ features: Int, of value: Shape) -> String {
    (value.dimensions.count > 1 ? "flatten | " : "") + "dense(\(features))"
  }
}
