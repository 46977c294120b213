import Diagnostics

extension ScalarExpression {
  /// The expression as comments show it: `x <= 0 ? 0 : x`.
  package var formula: String { text(within: 0) }

  /// The text, in parentheses where an operator around it of strength `outer` would take it apart.
  private func text(within outer: Int) -> String {
    let (text, strength): (String, Int) =
      switch self {
      case .constant(let value): (plain(value), value < 0 ? 3 : 6)
      case .variable(let name): (name, 6)
      case .unary(.negate, let x): ("-" + x.text(within: 4), 3)
      case .unary(.abs, let x): ("|\(x.text(within: 0))|", 6)
      case .unary(let function, let x): ("\(function.rawValue)(\(x.text(within: 0)))", 6)
      case .binary(.maximum, let a, let b), .binary(.minimum, let a, let b):
        ("\(word)(\(a.text(within: 0)), \(b.text(within: 0)))", 6)
      case .binary(let function, let a, let b):
        (
          "\(a.text(within: function.strength)) \(function.rawValue) "
            + b.text(within: function.strength + (function.isAssociative ? 0 : 1)),
          function.strength
        )
      case .select(let condition, let then, let otherwise):
        (
          "\(condition.left.text(within: 2)) \(condition.comparison.rawValue) "
            + "\(condition.right.text(within: 2)) ? \(then.text(within: 1)) : "
            + otherwise.text(within: 1), 1
        )
      case .call(let function, let arguments):
        ("\(function.name)(\(arguments.map { $0.text(within: 0) }.joined(separator: ", ")))", 6)
      }
    return strength < outer ? "(\(text))" : text
  }
}

extension ScalarExpression {
  /// The operator's or function's own word; nothing where there is none.
  private var word: String {
    if case .binary(let function, _, _) = self { function.rawValue } else { "" }
  }
}

extension ScalarExpression.Binary {
  /// How strongly it binds; more is stronger.
  package var strength: Int {
    switch self {
    case .add, .subtract: 3
    case .multiply, .divide: 4
    case .power: 5
    case .maximum, .minimum: 6
    }
  }

  /// Whether C has an operator for it.
  package var isOperator: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide: true
    case .power, .maximum, .minimum: false
    }
  }

  /// Whether its right operand needs no parentheses where it is of the same strength.
  package var isAssociative: Bool {
    switch self {
    case .add, .multiply: true
    case .subtract, .divide, .power, .maximum, .minimum: false
    }
  }
}
