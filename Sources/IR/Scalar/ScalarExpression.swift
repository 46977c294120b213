/// A number computed from numbers: what an activation, an elementwise operation, a loss or an
/// optimizer's update does to each element. It has a symbolic derivative, can be evaluated, and is
/// printed as C over scalars or over vectors.
package indirect enum ScalarExpression: Hashable, Sendable {
  case constant(Double)
  /// A number that the place of use gives: an operand `x`, the result `y`, a hyperparameter `lr`.
  case variable(String)
  case unary(Unary, ScalarExpression)
  case binary(Binary, ScalarExpression, ScalarExpression)
  /// `condition ? then : else`, where a comparison with a NaN is false.
  case select(Condition, ScalarExpression, ScalarExpression)
  /// A function with a name of its own in the C.
  case call(ScalarFunction, [ScalarExpression])

  /// Functions of one number.
  package enum Unary: String, Hashable, Sendable, CaseIterable {
    case negate, abs, floor, sqrt, exp, log, sin, cos, tanh, sigmoid, softplus, erf
  }

  /// Functions of two numbers.
  package enum Binary: String, Hashable, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case power = "^"
    /// The larger of two; the first where one is a NaN.
    case maximum = "max"
    /// The smaller of two; the first where one is a NaN.
    case minimum = "min"
  }

  /// A comparison of two numbers.
  package struct Condition: Hashable, Sendable {
    package var comparison: Comparison
    package var left: ScalarExpression
    package var right: ScalarExpression

    package enum Comparison: String, Hashable, Sendable, CaseIterable {
      case less = "<"
      case lessOrEqual = "<="
    }
  }
}

/// A scalar expression with a name and parameters: in the C, a function of its own.
package struct ScalarFunction: Hashable, Sendable {
  /// Its name, a C identifier: `relu`.
  package let name: String
  /// The variables of its body, in the order in which a call gives them.
  package let parameters: [String]
  /// What it computes.
  package let body: ScalarExpression

  package init(_ name: String, _ parameters: [String], _ body: ScalarExpression) {
    self.name = name
    self.parameters = parameters
    self.body = body
  }

  /// The body, its parameters being `arguments`.
  package func applied(to arguments: [ScalarExpression]) -> ScalarExpression {
    body.substituting(Dictionary(uniqueKeysWithValues: zip(parameters, arguments)))
  }

  /// Whether its value is another for other arguments, as far as its form shows.
  package var dependsOnParameters: Bool { !body.inlined.simplified.variables.isEmpty }
}

// MARK: Writing expressions

extension ScalarExpression: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  package init(integerLiteral value: Int) { self = .constant(Double(value)) }
  package init(floatLiteral value: Double) { self = .constant(value) }

  package static func + (left: Self, right: Self) -> Self { .binary(.add, left, right) }
  package static func - (left: Self, right: Self) -> Self { .binary(.subtract, left, right) }
  package static func * (left: Self, right: Self) -> Self { .binary(.multiply, left, right) }
  package static func / (left: Self, right: Self) -> Self { .binary(.divide, left, right) }
  package static prefix func - (operand: Self) -> Self { .unary(.negate, operand) }

  package static func < (left: Self, right: Self) -> Condition {
    Condition(comparison: .less, left: left, right: right)
  }
  package static func <= (left: Self, right: Self) -> Condition {
    Condition(comparison: .lessOrEqual, left: left, right: right)
  }

  package static func abs(_ x: Self) -> Self { .unary(.abs, x) }
  /// The largest whole number that is not larger than `x`.
  package static func floor(_ x: Self) -> Self { .unary(.floor, x) }
  package static func sqrt(_ x: Self) -> Self { .unary(.sqrt, x) }
  package static func exp(_ x: Self) -> Self { .unary(.exp, x) }
  package static func log(_ x: Self) -> Self { .unary(.log, x) }
  package static func sin(_ x: Self) -> Self { .unary(.sin, x) }
  package static func cos(_ x: Self) -> Self { .unary(.cos, x) }
  package static func tanh(_ x: Self) -> Self { .unary(.tanh, x) }
  package static func sigmoid(_ x: Self) -> Self { .unary(.sigmoid, x) }
  package static func softplus(_ x: Self) -> Self { .unary(.softplus, x) }
  package static func erf(_ x: Self) -> Self { .unary(.erf, x) }

  package static func power(_ base: Self, _ exponent: Self) -> Self {
    .binary(.power, base, exponent)
  }

  /// The larger of two; `a` where one is a NaN.
  package static func max(_ a: Self, _ b: Self) -> Self { .binary(.maximum, a, b) }
  /// The smaller of two; `a` where one is a NaN.
  package static func min(_ a: Self, _ b: Self) -> Self { .binary(.minimum, a, b) }
}

// MARK: Walking expressions

extension ScalarExpression {
  /// The expressions that this one is directly made of.
  package var children: [ScalarExpression] {
    switch self {
    case .constant, .variable: []
    case .unary(_, let operand): [operand]
    case .binary(_, let left, let right): [left, right]
    case .select(let condition, let then, let otherwise):
      [condition.left, condition.right, then, otherwise]
    case .call(_, let arguments): arguments
    }
  }

  /// This expression with each child replaced by what `change` makes of it.
  package func mapChildren(_ change: (ScalarExpression) -> ScalarExpression) -> ScalarExpression {
    switch self {
    case .constant, .variable: self
    case .unary(let function, let operand): .unary(function, change(operand))
    case .binary(let function, let left, let right):
      .binary(function, change(left), change(right))
    case .select(let condition, let then, let otherwise):
      .select(
        Condition(
          comparison: condition.comparison, left: change(condition.left),
          right: change(condition.right)), change(then), change(otherwise))
    case .call(let function, let arguments): .call(function, arguments.map(change))
    }
  }

  /// The variables that occur, each once, in the order of the text.
  package var variables: [String] {
    var found: [String] = []
    func visit(_ expression: ScalarExpression) {
      if case .variable(let name) = expression, !found.contains(name) { found.append(name) }
      expression.children.forEach(visit)
    }
    visit(self)
    return found
  }

  /// Whether it takes no more than a few instructions: no exponential and the like. A kernel rather
  /// computes such a value again than reads it.
  package var isCheap: Bool {
    switch self {
    case .unary(.negate, _), .unary(.abs, _): children.allSatisfy(\.isCheap)
    case .unary, .binary(.power, _, _): false
    case .call(let function, let arguments):
      function.body.isCheap && arguments.allSatisfy(\.isCheap)
    case .constant, .variable, .binary, .select: children.allSatisfy(\.isCheap)
    }
  }

  /// The named functions that occur, those that a function's body calls before it.
  package var functions: [ScalarFunction] {
    var found: [ScalarFunction] = []
    func visit(_ expression: ScalarExpression) {
      expression.children.forEach(visit)
      guard case .call(let function, _) = expression, !found.contains(function) else { return }
      visit(function.body)
      found.append(function)
    }
    visit(self)
    return found
  }

  /// This expression with the variables of `values` replaced.
  package func substituting(_ values: [String: ScalarExpression]) -> ScalarExpression {
    if case .variable(let name) = self { return values[name] ?? self }
    return mapChildren { $0.substituting(values) }
  }

  /// This expression with every call replaced by the body of what it calls.
  package var inlined: ScalarExpression {
    let inner = mapChildren(\.inlined)
    guard case .call(let function, let arguments) = inner else { return inner }
    return function.applied(to: arguments).inlined
  }
}
