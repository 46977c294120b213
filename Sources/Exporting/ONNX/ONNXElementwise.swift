import IR

extension Elementwise: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let rank = layer.result.dimensions.count
    var operands: [String] = []
    for index in layer.operands.indices { operands.append(layer.operand(index, rank: rank)) }
    if let form = foreign.onnx {
      let numbers = try form.numbers.map { try layer.number($0) }
      return layer.node(
        form.name, operands + numbers,
        attributes: form.attributes.map { .init(name: $0.name, value: .float($0.value)) })
    }
    return try layer.addFormula(
      function.body.inlined.simplified,
      Dictionary(uniqueKeysWithValues: zip(function.parameters, operands)))
  }
}

extension ONNXLayer {
  /// Adds the nodes of a formula of `variables`, the names of values.
  package mutating func addFormula(
    _ formula: ScalarExpression, _ variables: [String: String]
  ) throws -> String {
    switch formula {
    case .constant(let value): return try number(value)
    case .variable(let name):
      guard let value = variables[name] else {
        throw ExportError("its formula has '\(name)', which is no operand")
      }
      return value
    case .unary(let function, let x):
      let operand = try addFormula(x, variables)
      return node(function.onnx, [operand])
    case .binary(let function, let a, let b):
      let operands = [try addFormula(a, variables), try addFormula(b, variables)]
      return node(function.onnx, operands)
    case .select(let condition, let then, let otherwise):
      let sides = [
        try addFormula(condition.left, variables), try addFormula(condition.right, variables),
      ]
      let holds = node(condition.comparison == .less ? "Less" : "LessOrEqual", sides)
      let branches = [try addFormula(then, variables), try addFormula(otherwise, variables)]
      return node("Where", [holds] + branches)
    case .call(let function, let arguments):
      return try addFormula(function.applied(to: arguments), variables)
    }
  }
}

extension ScalarExpression.Unary {
  /// ONNX's operator.
  fileprivate var onnx: String {
    switch self {
    case .negate: "Neg"
    case .abs: "Abs"
    case .floor: "Floor"
    case .sqrt: "Sqrt"
    case .exp: "Exp"
    case .log: "Log"
    case .sin: "Sin"
    case .cos: "Cos"
    case .tanh: "Tanh"
    case .sigmoid: "Sigmoid"
    case .softplus: "Softplus"
    case .erf: "Erf"
    }
  }
}

extension ScalarExpression.Binary {
  /// ONNX's operator.
  fileprivate var onnx: String {
    switch self {
    case .add: "Add"
    case .subtract: "Sub"
    case .multiply: "Mul"
    case .divide: "Div"
    case .power: "Pow"
    case .maximum: "Max"
    case .minimum: "Min"
    }
  }
}
