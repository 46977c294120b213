/// An operation that a scalar function describes whole: an activation, a product of two values. Its
/// shape rule, its formula, its reference and its gradient follow from the function.
package struct Elementwise: ElementwiseOperation {
  package let keyword: String
  package let attributes: [AttributeValue]
  package let function: ScalarFunction
  /// How the language writes it between its operands, where it does: `+`.
  package let symbol: String?

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    for other in operands.dropFirst() where other != operands[0] {
      let count = operands.count == 2 ? "two values" : "values"
      let shapes = operands.map(\.description).joined(separator: " and ")
      throw ShapeError(
        "\(symbol ?? keyword) needs \(count) of one shape, and these are \(shapes)")
    }
    return operands[0]
  }

  package var formula: String { "y = \(function.body.formula)" }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    inputs.operands[0].indices.map { index in
      let values = inputs.operands.map { $0[index] }
      return function.body.value(
        Dictionary(uniqueKeysWithValues: zip(function.parameters, values)))
    }
  }
}

extension Definition<any Operation> {
  /// A function of one number.
  package static func elementwise(
    _ keyword: String, _ summary: String,
    _ expression: @escaping @Sendable (ScalarExpression) -> ScalarExpression
  ) -> Definition {
    Definition(Signature(keyword, summary)) { _ in
      Elementwise(
        keyword: keyword, attributes: [],
        function: ScalarFunction(keyword, ["x"], expression(.variable("x"))), symbol: nil)
    }
  }

  /// A function of one number that has an attribute.
  package static func elementwise(
    _ keyword: String, _ summary: String, _ attribute: Key<Double>,
    _ expression: @escaping @Sendable (ScalarExpression, ScalarExpression) -> ScalarExpression
  ) -> Definition {
    Definition(Signature(keyword, summary, keyed: [attribute.parameter])) {
      arguments throws(ArgumentError) in
      let value = try arguments.value(attribute)
      return Elementwise(
        keyword: keyword, attributes: [AttributeValue(attribute, value)],
        function: ScalarFunction(keyword, ["x"], expression(.variable("x"), .constant(value))),
        symbol: nil)
    }
  }

  /// A function of two numbers, of two values of one shape.
  package static func elementwise(
    _ keyword: String, _ summary: String, symbol: String? = nil,
    _ expression: @escaping @Sendable (ScalarExpression, ScalarExpression) -> ScalarExpression
  ) -> Definition {
    Definition(Signature(keyword, summary, operands: ["a", "b"], symbol: symbol)) { _ in
      Elementwise(
        keyword: keyword, attributes: [],
        function: ScalarFunction(
          keyword, ["a", "b"], expression(.variable("a"), .variable("b"))), symbol: symbol)
    }
  }
}
