import Diagnostics
import IR

extension Elementwise: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let rank = layer.result.dimensions.count
    let operands = layer.operands.indices.map { layer.operand($0, rank: rank) }
    if let function = foreign.pytorch {
      return Python.call(function, operands + [foreign.pytorchArgument])
    }
    let values = Dictionary(uniqueKeysWithValues: zip(function.parameters, operands))
    return try function.body.inlined.simplified.python(values, within: 0)
  }
}

extension PyTorchLayer {
  /// Operand `index` with axes of size 1 behind its own, so that its channels lie where those of a
  /// value of `rank` axes do.
  package func operand(_ index: Int, rank: Int) -> String {
    let own = shapes[index].dimensions.count
    guard own < rank else { return operands[index] }
    let axes = (0...own).map { _ in ":" } + (own..<rank).map { _ in "None" }
    return "\(operands[index])[\(axes.joined(separator: ", "))]"
  }
}

extension ScalarExpression {
  /// Python, in parentheses where an operator around it of strength `outer` would take it apart.
  fileprivate func python(_ values: [String: String], within outer: Int) throws -> String {
    let (text, strength) = try python(values)
    return strength < outer ? "(\(text))" : text
  }

  private func python(_ values: [String: String]) throws -> (text: String, strength: Int) {
    switch self {
    case .constant(let value): return (plain(value), value < 0 ? 3 : 6)
    case .variable(let name):
      guard let value = values[name] else {
        throw ExportError("its formula has '\(name)', which is no operand")
      }
      return (value, 6)
    case .unary(.negate, let x): return ("-" + (try x.python(values, within: 5)), 4)
    case .unary(let function, let x):
      return ("\(function.python)(\(try x.python(values, within: 0)))", 6)
    case .binary(.maximum, let a, let b), .binary(.minimum, let a, let b):
      return (try held(a, b, values), 6)
    case .binary(let function, let a, let b):
      let (left, right) = (
        try a.python(values, within: function == .power ? 6 : function.strength),
        try b.python(
          values, within: function.strength + (function.isAssociative || function == .power ? 0 : 1)
        )
      )
      return (
        "\(left) \(function == .power ? "**" : function.rawValue) \(right)", function.strength
      )
    case .select(let condition, let then, let otherwise):
      let sides = try [condition.left, condition.right].map { try $0.python(values, within: 2) }
      let branches = try [then, otherwise].map { try $0.python(values, within: 0) }
      let holds = "\(sides[0]) \(condition.comparison.rawValue) \(sides[1])"
      return ("torch.where(\(holds), \(branches[0]), \(branches[1]))", 6)
    case .call(let function, let arguments):
      return try function.applied(to: arguments).python(values)
    }
  }

  /// The larger or the smaller of two, one of which may be a number.
  private func held(
    _ a: ScalarExpression, _ b: ScalarExpression, _ values: [String: String]
  ) throws -> String {
    guard case .binary(let function, _, _) = self else { return "" }
    let isMaximum = function == .maximum
    let texts = try [a, b].map { try $0.python(values, within: 0) }
    for (number, other) in [(a, 1), (b, 0)] {
      guard case .constant = number else { continue }
      return
        "torch.clamp(\(texts[other]), \(isMaximum ? "min" : "max")=\(texts[1 - other]))"
    }
    return "torch.\(isMaximum ? "maximum" : "minimum")(\(texts[0]), \(texts[1]))"
  }
}

extension ScalarExpression.Unary {
  /// PyTorch's function.
  fileprivate var python: String {
    switch self {
    case .softplus: "F.softplus"
    case .negate, .abs, .floor, .sqrt, .exp, .log, .sin, .cos, .tanh, .sigmoid, .erf:
      "torch.\(rawValue)"
    }
  }
}
