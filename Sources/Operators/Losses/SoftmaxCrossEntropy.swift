import Glibc
import IR

/// `sum over k of q[k] (log(sum over j of exp(x[j])) - x[k])`, gradient `Q softmax(x) - q`, with Q
/// the sum of q. Of a class `label`, q is 1 there and 0 elsewhere, so that the loss is
/// `-log softmax(x)[label]`; of probabilities, q is these. Smoothing, weights and a class that does
/// not count change q as PyTorch's CrossEntropyLoss does; of several positions the loss is the mean.
package struct SoftmaxCrossEntropy: LossFunction {
  private static let labelSmoothing = Key.real(
    "label_smoothing", atLeast: 0, atMost: 1, default: 0,
    "the part of each target that is shared out among all classes")
  private static let weights = Key.reals(
    "weights", atLeast: 0, says: "1 for each",
    "what each class counts; with a target of classes, a mean is divided by what the examples count"
  )
  private static let ignore = Key.whole(
    "ignore", in: -1_000_000...1_000_000, says: "none",
    "a class that counts nothing: a label of it may lie outside of the target's classes")

  package static let definition = Definition<any LossFunction>(
    "softmax_cross_entropy",
    "minus the logarithm of the softmax of the right class, or its mean by the probabilities of "
      + "classes",
    keyed: [labelSmoothing.parameter, weights.parameter, ignore.parameter]
  ) { arguments throws(ArgumentError) in
    let weights = arguments.given(weights) ?? []
    if !weights.isEmpty, weights.allSatisfy({ $0 == 0 }) {
      throw ArgumentError("weights", "must not all be 0")
    }
    return SoftmaxCrossEntropy(
      smoothing: try arguments.value(labelSmoothing), weights: weights,
      ignored: arguments.given(ignore))
  }

  package let keyword = "softmax_cross_entropy"
  package let probabilities: Probabilities? = .softmax
  package let reads: LossOperand? = .logitsOfClasses
  /// The part of each target that is shared out among all classes.
  package let smoothing: Double
  /// What each class counts; empty where all count alike.
  package let weights: [Double]
  /// The class that counts nothing.
  package let ignored: Int?
  /// How many classes there are; 0 until the target is known.
  package private(set) var classes = 0
  /// For how many positions of an example there is a target.
  package private(set) var positions = 1
  /// Whether the target is probabilities.
  package private(set) var isOfProbabilities = false

  package init(smoothing: Double = 0, weights: [Double] = [], ignored: Int? = nil) {
    self.smoothing = smoothing
    self.weights = weights
    self.ignored = ignored
  }

  package var attributes: [AttributeValue] {
    (smoothing == 0 ? [] : [AttributeValue(Self.labelSmoothing, smoothing)])
      + (weights.isEmpty ? [] : [AttributeValue(Self.weights, weights)])
      + (ignored.map { [AttributeValue(Self.ignore, $0)] } ?? [])
  }

  package func mismatch(of value: Shape, with target: Target.Kind) -> ShapeError? {
    let count: Int
    switch target {
    case .classes(let classes, let positions):
      count = classes
      if let error = mismatch(of: value, classes: classes, positions: positions) { return error }
    case .values(let shape):
      count = value.channels
      guard value == shape else {
        return ShapeError(
          "softmax_cross_entropy needs a target of classes, or a probability for each of them: this "
            + "target is \(shape), and the value is \(value)",
          help: "declare it as 'class(\(value.channels))' or as '\(value)'")
      }
      if ignored != nil {
        return ShapeError(
          "'ignore' names a class, and this target has probabilities",
          help: "probabilities that are all 0 count nothing")
      }
    }
    guard weights.isEmpty || weights.count == count else {
      return ShapeError(
        "'weights' has \(weights.count) numbers, and there are \(count) classes",
        help: "give each class its weight")
    }
    return nil
  }

  private func mismatch(of value: Shape, classes: Int, positions: [Int]) -> ShapeError? {
    if positions.isEmpty {
      guard value.dimensions.count == 1 else {
        return ShapeError(
          "softmax_cross_entropy needs a vector with a number for each class, and this is \(value)",
          help: "put flatten and dense(\(classes)) before it")
      }
      return value.elementCount == classes
        ? nil
        : ShapeError(
          "the target has \(classes) classes, and this value has \(value.elementCount) numbers",
          help: "end it with dense(\(classes))")
    }
    let wanted = Shape([classes] + positions)
    return value == wanted
      ? nil
      : ShapeError(
        "the target has \(classes) classes at each position of \(Shape(positions)), so the value must "
          + "be \(wanted), and it is \(value)",
        help: "end it with conv(\(classes), kernel: 1)")
  }

  package func resolved(for kind: Target.Kind, of value: Shape) -> any LossFunction {
    var loss = self
    loss.classes = value.channels
    loss.positions = value.planeCount
    if case .values = kind { loss.isOfProbabilities = true }
    return loss
  }

  package var classWeights: ClassWeights? {
    isOfProbabilities || weights.isEmpty && ignored == nil
      ? nil : ClassWeights(weights: weights, ignored: ignored)
  }

  /// What every class gets of a target whose weight is 1, before its own weight.
  package var spread: Double { smoothing / Double(classes) }

  package func reference(_ outputs: [Double], _ target: [Double]) -> Double {
    (0..<positions).reduce(0) { sum, position in
      let x = (0..<classes).map { outputs[$0 * positions + position] }
      let label = isOfProbabilities ? -1 : Int(target[position])
      if !isOfProbabilities, label == ignored { return sum }
      let largest = x.max() ?? 0
      let level = log(x.reduce(0) { $0 + exp($1 - largest) }) + largest
      return sum
        + (0..<classes).reduce(0) { sum, k in
          let own =
            isOfProbabilities ? target[k * positions + position] : k == label ? 1 : 0
          let weight = weights.isEmpty ? 1 : weights[k]
          return sum + weight * ((1 - smoothing) * own + spread) * (level - x[k])
        }
    } / Double(positions)
  }
}
