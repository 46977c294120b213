import Glibc

extension ScalarExpression {
  /// The value in double, where `values` gives every variable; NaN where one is missing.
  package func value(_ values: [String: Double]) -> Double {
    switch self {
    case .constant(let value): return value
    case .variable(let name): return values[name] ?? .nan
    case .unary(let function, let x): return function.value(at: x.value(values))
    case .binary(let function, let a, let b):
      return function.value(a.value(values), b.value(values))
    case .select(let condition, let then, let otherwise):
      let holds = condition.comparison.holds(
        condition.left.value(values), condition.right.value(values))
      return (holds ? then : otherwise).value(values)
    case .call(let function, let arguments):
      let numbers = arguments.map { $0.value(values) }
      return function.body.value(
        Dictionary(uniqueKeysWithValues: zip(function.parameters, numbers)))
    }
  }
}

extension ScalarExpression.Unary {
  /// The function's value, by formulas that neither overflow nor cancel.
  package func value(at x: Double) -> Double {
    switch self {
    case .negate: -x
    case .abs: Swift.abs(x)
    case .floor: x.rounded(.down)
    case .sqrt: x.squareRoot()
    case .exp: Glibc.exp(x)
    case .log: Glibc.log(x)
    case .sin: Glibc.sin(x)
    case .cos: Glibc.cos(x)
    case .tanh: Glibc.tanh(x)
    case .sigmoid: x < 0 ? Glibc.exp(x) / (1 + Glibc.exp(x)) : 1 / (1 + Glibc.exp(-x))
    case .softplus: (x > 0 ? x : 0) + Glibc.log1p(Glibc.exp(-Swift.abs(x)))
    case .erf: Glibc.erf(x)
    }
  }
}

extension ScalarExpression.Binary {
  package func value(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .power: Glibc.pow(a, b)
    case .maximum: a < b ? b : a
    case .minimum: b < a ? b : a
    }
  }
}

extension ScalarExpression.Condition.Comparison {
  package func holds(_ a: Double, _ b: Double) -> Bool {
    switch self {
    case .less: a < b
    case .lessOrEqual: a <= b
    }
  }
}
