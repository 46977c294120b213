/// `clip norm(1)`: what is done to gradients before an optimizer sees them.
package struct Clipping: Hashable, Sendable {
  /// The word in a model file.
  package let keyword: String
  /// The attributes with their values.
  package let attributes: [AttributeValue]
  /// What all gradients are multiplied by, of their norm, the root of the sum of the squares of all
  /// their numbers; nil where that makes no difference, and no norm is taken.
  package let factor: ScalarExpression?
  /// What becomes of each number `g` of a gradient after that, one after the other.
  package let gradients: [ScalarExpression]

  package init(
    _ keyword: String, _ attributes: [AttributeValue], factor: ScalarExpression? = nil,
    gradients: [ScalarExpression] = []
  ) {
    self.keyword = keyword
    self.attributes = attributes
    self.factor = factor
    self.gradients = gradients
  }

  /// The norm of all gradients, in expressions.
  package static let norm = ScalarExpression.variable("norm")

  /// What is done to each number by itself, before the updates of an optimizer.
  fileprivate var updates: [Optimizer.Assignment] {
    gradients.map { .init("g", $0) }
  }
}

/// `average ema(0.999)`: other weights, kept beside the parameters, that are evaluated and saved in
/// their place.
package struct Averaging: Hashable, Sendable {
  /// The word in a model file.
  package let keyword: String
  /// The attributes with their values.
  package let attributes: [AttributeValue]
  /// What is evaluated in the place of each number of a parameter. A host starts it as the parameter.
  package let slot: Optimizer.Slot
  /// Numbers that are the same for all parameters of a step.
  package let scalars: [Optimizer.Assignment]
  /// What a step does before the optimizer moves a parameter, and what after that, as in
  /// `Optimizer.updates`.
  package let before, after: [Optimizer.Assignment]

  package init(
    _ keyword: String, _ attributes: [AttributeValue], slot: Optimizer.Slot,
    scalars: [Optimizer.Assignment], before: [Optimizer.Assignment] = [],
    after: [Optimizer.Assignment]
  ) {
    self.keyword = keyword
    self.attributes = attributes
    self.slot = slot
    self.scalars = scalars
    self.before = before
    self.after = after
  }
}

extension Optimizer {
  /// What the gradients of the passes of a step add up to.
  private static let gradientSum = Slot("gradient_sum")

  /// The place among the slots of what gradients add up to; nil where each pass updates.
  package var gradientSumIndex: Int? { slots.lastIndex(of: Self.gradientSum) }

  /// This optimizer with what a training does around it to each number.
  func within(_ training: Training) -> Optimizer {
    let averaging = training.averaging
    let sum = training.accumulated > 1 ? [Self.gradientSum] : []
    let after = averaging?.after ?? []
    return Optimizer(
      keyword, hyperparameters: hyperparameters, forms: forms,
      slots: slots + (averaging.map { [$0.slot] } ?? []) + sum,
      scalars: scalars + (averaging?.scalars ?? []),
      updates: (averaging?.before ?? []) + (training.clipping?.updates ?? []) + updates
        + (tensorStep == nil ? after : []),
      tensorStep: tensorStep.map {
        TensorStep(
          orthogonalization: $0.orthogonalization, scalars: $0.scalars, updates: $0.updates + after)
      })
  }
}
