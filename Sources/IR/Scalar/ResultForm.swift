extension ScalarExpression {
  /// This expression of `operand` in terms of `result`, the variable that stands for `function` of
  /// it; nil where the operand itself is needed.
  ///
  /// Where a slope can be had from the result, the result may take the operand's place in memory.
  /// The function itself becomes the result wherever it occurs: tanh's slope `1 - tanh(x)^2` is
  /// `1 - y^2`. A function that is given in two branches by the sign of x and keeps that sign
  /// (`x <= 0 ? a : x`, with a no larger than 0) has in each branch a slope in terms of that
  /// branch, and the result says which branch it was.
  package func inTermsOfResult(
    _ result: String, of function: ScalarExpression, operand: String
  ) -> ScalarExpression? {
    let whole = function.inlined.simplified
    let slope = inlined.simplified
    let y = ScalarExpression.variable(result)
    if let form = slope.replacing(whole, by: y).without(operand) { return form }
    guard case .select(let condition, let below, let above) = whole,
      condition == (.variable(operand) <= 0), above == .variable(operand),
      below.isNotPositive(where: operand),
      case .select(condition, let slopeBelow, let slopeAbove) = slope,
      let first = slopeBelow.solved(for: below, as: y).without(operand),
      let second = slopeAbove.replacing(above, by: y).without(operand)
    else { return nil }
    return .select(y <= 0, first, second).simplified
  }

  private func replacing(_ part: ScalarExpression, by other: ScalarExpression) -> ScalarExpression {
    self == part ? other : mapChildren { $0.replacing(part, by: other) }
  }

  /// This expression with `branch` known to be `y`, also where only a constant is added to it.
  private func solved(for branch: ScalarExpression, as y: ScalarExpression) -> ScalarExpression {
    switch branch {
    case .binary(.subtract, let term, .constant(let c)):
      return replacing(branch, by: y).replacing(term, by: y + .constant(c))
    case .binary(.add, let term, .constant(let c)):
      return replacing(branch, by: y).replacing(term, by: y - .constant(c))
    default: return replacing(branch, by: y)
    }
  }

  private func without(_ variable: String) -> ScalarExpression? {
    variables.contains(variable) ? nil : self
  }

  /// Whether this is at most 0 wherever the variable is, as far as its form shows; it is at most 0
  /// also where it is `c exp(x) - c`.
  private func isNotPositive(where variable: String) -> Bool {
    let x = ScalarExpression.variable(variable)
    switch self {
    case .constant(let value): return value <= 0
    case .variable: return self == x
    case .binary(.multiply, .constant(let c), let rest):
      return c >= 0 && rest.isNotPositive(where: variable)
    case .binary(.subtract, let term, .constant(let c)):
      return c >= 0 && (term == .constant(c) * .exp(x) || c == 1 && term == .exp(x))
    default: return false
    }
  }
}
