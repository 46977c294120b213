import IR

/// Every loss. Its first two arguments are always a value and the target.
enum LossTable {
  static let reduction = Key<Loss.Reduction>.choice(
    "reduction", default: .mean, "how the examples' losses become one number")

  static let all: [LossDefinition] = [
    LossDefinition(
      kind: .softmaxCrossEntropy, summary: "minus the logarithm of the softmax of the right class",
      keyed: [reduction.parameter], mismatch: matchClasses),
    LossDefinition(
      kind: .linearRegression, summary: "half the mean of the squared errors",
      keyed: [reduction.parameter], mismatch: matchValues),
    LossDefinition(
      kind: .binaryCrossEntropy,
      summary: "minus the logarithm of the probability of what is true, the mean over the outputs",
      keyed: [reduction.parameter], mismatch: matchProbabilities),
  ]

  /// As many numbers as the target has.
  private static func matchValues(_ value: Shape, _ target: Target.Kind) -> ShapeError? {
    guard case .values(let shape) = target else {
      return ShapeError(
        "linear_regression needs a target of real values, and this one has classes",
        help: "declare it by its shape, as '[1]'")
    }
    guard value == shape else {
      return ShapeError(
        "the target is \(shape), and this value is \(value)",
        help: "end it with dense(\(shape.elementCount))")
    }
    return nil
  }

  /// One probability for two classes, or one for each of the target's numbers.
  private static func matchProbabilities(_ value: Shape, _ target: Target.Kind) -> ShapeError? {
    switch target {
    case .values(let shape):
      return value == shape
        ? nil : ShapeError("the target is \(shape), and this value is \(value)")
    case .classes(let count):
      if count != 2 {
        return ShapeError(
          "binary_cross_entropy needs a target of two classes, and this one has \(count)",
          help: "softmax_cross_entropy takes more than two")
      }
      return value.dimensions == [1]
        ? nil
        : ShapeError(
          "binary_cross_entropy needs one probability, [1], and this value is \(value)",
          help: "end it with dense(1) | sigmoid")
    }
  }

  /// One number a class.
  private static func matchClasses(_ value: Shape, _ target: Target.Kind) -> ShapeError? {
    guard case .classes(let count) = target else {
      return ShapeError(
        "softmax_cross_entropy needs a target of classes, and this one has real values",
        help: "declare it as 'class(10)'")
    }
    guard value.dimensions.count == 1 else {
      return ShapeError(
        "softmax_cross_entropy needs a vector with a number for each class, and this is \(value)",
        help: "put flatten and dense(\(count)) before it")
    }
    guard value.elementCount == count else {
      return ShapeError(
        "the target has \(count) classes, and this value has \(value.elementCount) numbers",
        help: "end it with dense(\(count))")
    }
    return nil
  }
}

/// One loss: how it is called and what it fits.
struct LossDefinition: Sendable {
  let kind: Loss.Kind
  let definition: Definition<Loss.Reduction>
  /// Why the loss cannot be taken of a value of this shape against this target.
  let mismatch: @Sendable (Shape, Target.Kind) -> ShapeError?

  /// How it is called, its first two arguments included.
  var signature: Signature {
    let anything = { (name: String, meaning: String) in
      Parameter(name: name, accepts: .anything, fallback: nil, meaning: meaning)
    }
    let rest = definition.signature
    return Signature(
      keyword: rest.keyword, summary: rest.summary,
      positional: [
        anything("value", "the name of the value that the loss reads"),
        anything("target", "the name of the target"),
      ],
      keyed: rest.keyed)
  }

  init(
    kind: Loss.Kind, summary: String, keyed: [Parameter],
    mismatch: @escaping @Sendable (Shape, Target.Kind) -> ShapeError?
  ) {
    self.kind = kind
    self.definition = Definition(kind.rawValue, summary, keyed: keyed) {
      arguments throws(ArgumentError) in try arguments.value(LossTable.reduction)
    }
    self.mismatch = mismatch
  }
}
