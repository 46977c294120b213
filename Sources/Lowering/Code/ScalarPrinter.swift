import IR

/// Scalar expressions as C: over vectors, or over single numbers.
struct ScalarPrinter {
  enum Domain {
    /// Vectors.
    case vector
    /// Numbers in the place of vectors, by the same functions.
    case number
    case scalar, double
  }

  let domain: Domain
  /// The C names of functions that are not written in place.
  let functions: [ScalarFunction: String]
  /// What variables are in C; a variable that is not here is called as it is.
  var values: [String: String]
  /// Expressions that have a local name already.
  var locals: [ScalarExpression: String] = [:]

  /// The whole expression.
  func text(_ expression: ScalarExpression) -> String {
    if domain == .vector, case .constant = expression { return splat(expression) }
    return text(expression, within: 0)
  }

  /// The text, in parentheses where an operator around it of strength `outer` would take it apart.
  private func text(_ expression: ScalarExpression, within outer: Int) -> String {
    if let local = locals[expression] { return local }
    let (text, strength) = pieces(expression)
    return strength < outer ? "(\(text))" : text
  }

  private func pieces(_ expression: ScalarExpression) -> (text: String, strength: Int) {
    switch expression {
    case .constant(let value):
      return (domain == .double ? CText.double(value) : CText.real(value), value < 0 ? 3 : 6)
    case .variable(let name):
      let value = values[name] ?? name
      return (value, CText.strength(of: value))
    case .unary(.negate, let x): return ("-" + text(x, within: 5), 4)
    case .unary(.sigmoid, let x) where domain == .double: return pieces(1 / (1 + .exp(-x)))
    case .unary(.softplus, let x) where domain == .double:
      let logarithm = "log1p(exp(-\(name(of: .abs))(\(argument(x)))))"
      return ("\(text(.max(x, 0), within: 3)) + \(logarithm)", 3)
    case .unary(let function, let x): return ("\(name(of: function))(\(argument(x)))", 6)
    case .binary(.power, let base, let exponent):
      let name =
        switch domain {
        case .vector, .number: "vec_power"
        case .scalar: "POW"
        case .double: "pow"
        }
      return ("\(name)(\(argument(base)), \(argument(exponent)))", 6)
    case .binary(.maximum, let a, let b): return select(a < b, b, a)
    case .binary(.minimum, let a, let b): return select(b < a, b, a)
    case .binary(let function, let a, let b):
      let right = function.strength + (function.isAssociative ? 0 : 1)
      return (
        "\(text(a, within: function.strength)) \(function.rawValue) \(text(b, within: right))",
        function.strength
      )
    case .select(let condition, let then, let otherwise):
      return select(condition, then, otherwise)
    case .call(let function, let arguments):
      if function.isWrittenInPlace { return pieces(function.applied(to: arguments)) }
      guard let name = functions[function] else { return pieces(function.applied(to: arguments)) }
      return ("\(name)(\(arguments.map(argument).joined(separator: ", ")))", 6)
    }
  }

  private func select(
    _ condition: ScalarExpression.Condition, _ then: ScalarExpression,
    _ otherwise: ScalarExpression
  ) -> (String, Int) {
    guard domain == .vector else {
      let test = comparison(condition)
      return ("\(test) ? \(text(then, within: 2)) : \(text(otherwise, within: 2))", 1)
    }
    // A selection, not a product, so that not even a NaN comes through.
    if then == 0 { return ("masked(\(argument(otherwise)), ~(\(comparison(condition))))", 6) }
    if otherwise == 0 { return ("masked(\(argument(then)), \(comparison(condition)))", 6) }
    return (
      "blend(\(comparison(condition)), \(argument(then)), \(argument(otherwise)))", 6
    )
  }

  func comparison(_ condition: ScalarExpression.Condition) -> String {
    let sides = [condition.left, condition.right].map { side in
      side.isConstant && domain == .vector ? splat(side) : text(side, within: 3)
    }
    return "\(sides[0]) \(condition.comparison.rawValue) \(sides[1])"
  }

  /// What a function takes: over vectors a vector, constants too.
  private func argument(_ expression: ScalarExpression) -> String {
    expression.isConstant && domain == .vector ? splat(expression) : text(expression, within: 0)
  }

  private func splat(_ constant: ScalarExpression) -> String {
    constant == 0 ? "(vec){0}" : "splat(\(text(constant, within: 0)))"
  }

  private func name(of function: ScalarExpression.Unary) -> String {
    switch domain {
    case .vector, .number: "vec_\(function.rawValue)"
    case .scalar: function.rawValue.uppercased()
    case .double: function == .abs ? "fabs" : function.rawValue
    }
  }
}

extension ScalarPrinter {
  /// Expressions as C, after declarations of what they compute more than once.
  func sharing(
    _ expressions: [ScalarExpression]
  ) -> (declarations: [String], texts: [String]) {
    var printer = self
    var lines: [String] = []
    let type = domain == .vector || domain == .number ? "vec" : "real"
    for (index, part) in ScalarExpression.repeated(in: expressions).enumerated() {
      let local = "part\(index)"
      lines.append("const \(type) \(local) = \(printer.text(part));")
      printer.locals[part] = local
    }
    return (lines, expressions.map { printer.text($0) })
  }

  /// The function as C. What its body computes more than once has a local name.
  func definition(of function: ScalarFunction, name: String) -> String {
    let (declarations, texts) = sharing([function.body])
    let lines = declarations.map { "  " + $0 }
    let parameters = function.parameters.map { "vec \($0)" }.joined(separator: ", ")
    let head = "static ALWAYS_INLINE vec \(name)(\(parameters)) {"
    let value = "return \(texts[0]);"
    let short = "\(head) \(value) }"
    let text =
      lines.isEmpty && short.count <= 100
      ? short : ([head] + lines + ["  " + value, "}"]).joined(separator: "\n")
    return "// \(function.body.formula)\n\(text)"
  }
}

extension ScalarExpression {
  /// The parts that occur more than once and take some work, the smaller ones first.
  fileprivate static func repeated(in expressions: [ScalarExpression]) -> [ScalarExpression] {
    var counts: [ScalarExpression: Int] = [:]
    var order: [ScalarExpression] = []
    func visit(_ expression: ScalarExpression) {
      let isSeen = counts[expression] != nil
      counts[expression, default: 0] += 1
      // What is within a part that has a name is written once, with it.
      if isSeen { return }
      expression.children.forEach(visit)
      if !expression.children.isEmpty { order.append(expression) }
    }
    expressions.forEach(visit)
    return order.filter { counts[$0, default: 0] > 1 }
  }
}
