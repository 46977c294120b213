extension ScalarExpression {
  /// The derivative with respect to the variable `name`, simplified. At a kink, where two branches
  /// meet, it is that of the branch that is taken.
  package func derivative(by name: String) -> ScalarExpression {
    inlined.rawDerivative(by: name).simplified
  }

  private func rawDerivative(by name: String) -> ScalarExpression {
    switch self {
    case .constant: return 0
    case .variable(let variable): return variable == name ? 1 : 0
    case .unary(let function, let x):
      return function.derivative(at: x) * x.rawDerivative(by: name)
    case .binary(.add, let a, let b):
      return a.rawDerivative(by: name) + b.rawDerivative(by: name)
    case .binary(.subtract, let a, let b):
      return a.rawDerivative(by: name) - b.rawDerivative(by: name)
    case .binary(.multiply, let a, let b):
      return a.rawDerivative(by: name) * b + a * b.rawDerivative(by: name)
    case .binary(.divide, let a, let b):
      let (da, db) = (a.rawDerivative(by: name), b.rawDerivative(by: name))
      return (da - self * db) / b
    case .binary(.power, let a, let b):
      let (da, db) = (a.rawDerivative(by: name), b.rawDerivative(by: name))
      return b * .power(a, b - 1) * da + self * .log(a) * db
    case .binary(.maximum, let a, let b):
      return .select(a < b, b.rawDerivative(by: name), a.rawDerivative(by: name))
    case .binary(.minimum, let a, let b):
      return .select(b < a, b.rawDerivative(by: name), a.rawDerivative(by: name))
    case .select(let condition, let then, let otherwise):
      return .select(condition, then.rawDerivative(by: name), otherwise.rawDerivative(by: name))
    case .call(let function, let arguments):
      return function.applied(to: arguments).rawDerivative(by: name)
    }
  }
}

extension ScalarExpression.Unary {
  /// The derivative at `x`, by the table of elementary derivatives.
  fileprivate func derivative(at x: ScalarExpression) -> ScalarExpression {
    let y = ScalarExpression.unary(self, x)
    switch self {
    case .negate: return -1
    case .abs: return .select(x < 0, -1, 1)
    // At a whole number too, where it jumps.
    case .floor: return 0
    case .sqrt: return 0.5 / y
    case .exp: return y
    case .log: return 1 / x
    case .sin: return .cos(x)
    case .cos: return -.sin(x)
    case .tanh: return 1 - y * y
    case .sigmoid: return y * (1 - y)
    case .softplus: return .sigmoid(x)
    // 2 / sqrt(pi) exp(-x^2)
    case .erf: return 1.1283791670955126 * .exp(-(x * x))
    }
  }
}
