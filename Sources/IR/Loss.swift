import Diagnostics

/// `loss softmax_cross_entropy(logits, digit, reduction: sum)`
package struct Loss: Hashable, Sendable {
  /// What is computed of each example.
  package var function: AnyLossFunction
  /// The value that it reads.
  package var operand: ValueID
  /// The target that it is taken against, by its index.
  package var target: Int
  /// Its factor in the whole.
  package var weight: Double
  /// How the examples' losses become one number, whose gradient is taken.
  package var reduction: Reduction
  /// Where it stands.
  package var range: SourceRange

  /// How the examples' losses become one number.
  package enum Reduction: String, Hashable, Sendable, CaseIterable {
    case sum
    case mean
  }

  /// A loss of `operand` against the model's target of index `target`.
  package init(
    function: any LossFunction, operand: ValueID, target: Int = 0, weight: Double = 1,
    reduction: Reduction, range: SourceRange
  ) {
    self.function = AnyLossFunction(function)
    self.operand = operand
    self.target = target
    self.weight = weight
    self.reduction = reduction
    self.range = range
  }
}

/// What a loss takes numbers for, where not any will do.
package enum LossOperand: Hashable, Sendable {
  /// From 0 to 1.
  case probabilities
  /// Logarithms of numbers from 0 to 1.
  case logarithmsOfProbabilities
  /// Any numbers, of which a softmax makes probabilities.
  case logitsOfClasses
  /// Numbers on both sides of 0, of which a sigmoid makes probabilities.
  case logits
  /// Numbers on both sides of 0, which is between the two classes.
  case sides

  /// Whether a value of this range can be meant.
  package func accepts(_ range: ValueRange) -> Bool {
    let (low, high) = (range.bounds.lowerBound, range.bounds.upperBound)
    return switch self {
    case .probabilities: !range.isFilled || low > -1e-6 && high < 1 + 1e-6
    case .logarithmsOfProbabilities: !range.isFilled || high < 1e-6
    case .logitsOfClasses: low < 0 || high > 1
    case .logits, .sides: low < 0 && high > 0
    }
  }
}

/// A loss of one example: one value type in one file.
package protocol LossFunction: Hashable, Sendable {
  /// What the numbers that it is taken of must be; nil where any will do.
  var reads: LossOperand? { get }

  /// The word in a model file.
  var keyword: String { get }
  /// The attributes with their values.
  var attributes: [AttributeValue] { get }

  /// Why the loss cannot be taken of a value of this shape against this target; nil where it can.
  func mismatch(of value: Shape, with target: Target.Kind) -> ShapeError?

  /// This loss of a value of this shape against targets of `kind`, where these belong to the
  /// formula.
  func resolved(for kind: Target.Kind, of value: Shape) -> any LossFunction

  /// What each class counts; empty where all count alike.
  var weights: [Double] { get }

  /// What examples count by the classes of their targets; nil where all count alike.
  var classWeights: ClassWeights? { get }

  /// Whether the one output of a network for two classes says the second where it is above 0; else
  /// where it is above 0.5.
  var isOfLogit: Bool { get }

  /// Whether a target of real values says of each whether something is so, from 0 to 1.
  var isOfLabels: Bool { get }

  /// What makes probabilities of the value that it is taken of; nil where that is none of the loss's.
  var probabilities: Probabilities? { get }

  /// The loss of one example, straight from its formula.
  ///
  /// - Parameters:
  ///   - outputs: The example's numbers.
  ///   - target: Its target's numbers; of classes their indices.
  func reference(_ outputs: [Double], _ target: [Double]) -> Double

  /// This loss of `function`'s results as a loss of what the function is applied to, where the
  /// results have not the digits that the loss and its gradient need. nil where it is as well taken
  /// of the results.
  func absorbing(_ function: ScalarFunction) -> (any LossFunction)?
}

extension LossFunction {
  package var reads: LossOperand? { nil }

  package var isOfLabels: Bool { false }

  package var attributes: [AttributeValue] { [] }

  package func resolved(for kind: Target.Kind, of value: Shape) -> any LossFunction { self }

  package var weights: [Double] { [] }

  package var classWeights: ClassWeights? { nil }

  package var isOfLogit: Bool { false }

  package var probabilities: Probabilities? { nil }

  package func absorbing(_ function: ScalarFunction) -> (any LossFunction)? { nil }
}

/// What makes probabilities of logits.
package enum Probabilities: String, Hashable, Sendable {
  /// `exp(x[k]) / sum over j of exp(x[j])`, over the classes of each position.
  case softmax
  /// `1 / (1 + exp(-x))`, of each number.
  case sigmoid
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

extension Loss {
  /// What examples count by their classes; nil where all count alike.
  package var classWeights: ClassWeights? { function.base.classWeights }
}
