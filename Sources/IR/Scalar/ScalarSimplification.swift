extension ScalarExpression {
  /// An expression of the same value for all finite numbers, without what counts for nothing:
  /// constants are worked out, and terms of 0, factors of 1 and branches that are alike are gone.
  package var simplified: ScalarExpression {
    let inner = mapChildren(\.simplified)
    switch inner {
    case .constant, .variable, .call: return inner
    case .unary(.negate, .constant(let value)): return .constant(-value)
    case .unary(.negate, .unary(.negate, let x)): return x
    case .unary(let function, .constant(let value)): return .constant(function.value(at: value))
    case .unary: return inner
    case .binary(let function, let a, let b): return Self.simplified(function, a, b) ?? inner
    case .select(let condition, let then, let otherwise):
      if then == otherwise { return then }
      if case .constant(let left) = condition.left, case .constant(let right) = condition.right {
        return condition.comparison.holds(left, right) ? then : otherwise
      }
      return inner
    }
  }

  private static func simplified(
    _ function: Binary, _ a: ScalarExpression, _ b: ScalarExpression
  ) -> ScalarExpression? {
    if case .constant(let left) = a, case .constant(let right) = b {
      return .constant(function.value(left, right))
    }
    switch (function, a, b) {
    case (.add, 0, let x), (.add, let x, 0), (.subtract, let x, 0): return x
    case (.subtract, 0, let x): return (-x).simplified
    case (.add, let x, .unary(.negate, let y)): return (x - y).simplified
    case (.subtract, let x, .unary(.negate, let y)): return (x + y).simplified
    case (.subtract, let x, let y) where x == y: return 0
    case (.subtract, .binary(.subtract, let x, .constant(let c)), .constant(let d)):
      return (x - .constant(c + d)).simplified
    case (.add, let x, let y) where x == y: return (2 * x).simplified
    case (.divide, .binary(.multiply, .constant(let c), let x), .constant(let d)):
      return (.constant(c / d) * x).simplified
    case (.multiply, 0, _), (.multiply, _, 0), (.divide, 0, _): return 0
    case (.multiply, 1, let x), (.multiply, let x, 1), (.divide, let x, 1): return x
    case (.multiply, -1, let x), (.multiply, let x, -1), (.divide, let x, -1):
      return (-x).simplified
    case (.multiply, .constant(let c), .binary(.multiply, .constant(let d), let x)):
      return (.constant(c * d) * x).simplified
    case (.multiply, let x, .constant(let c)): return .constant(c) * x
    case (.multiply, let x, .select(let condition, let then, let otherwise))
    where then.isConstant || otherwise.isConstant:
      return select(condition, x * then, x * otherwise).simplified
    case (.multiply, .select(let condition, let then, let otherwise), let x)
    where then.isConstant || otherwise.isConstant:
      return select(condition, then * x, otherwise * x).simplified
    default: return nil
    }
  }

  /// Whether this is a number.
  package var isConstant: Bool { if case .constant = self { true } else { false } }
}
