import Diagnostics

/// An operation that a scalar function describes whole: an activation, a product of two values. Its
/// shape rule, its formula, its reference and its gradient follow from the function.
package struct Elementwise: ElementwiseOperation {
  package let keyword: String
  package let attributes: [AttributeValue]
  package let function: ScalarFunction
  /// How the language writes it between its operands, where it does: `+`.
  package let symbol: String?
  /// What it is called elsewhere.
  package var foreign = ForeignForm()

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    if let shape = Shape.broadcast(operands) { return shape }
    let count = operands.count == 2 ? "two values" : "values"
    let shapes = operands.map(\.description).joined(separator: " and ")
    throw ShapeError(
      "\(symbol ?? keyword) needs \(count) of one shape, and these are \(shapes)",
      help:
        "axes are compared from the first on; one of size 1, or missing at the end, goes with any")
  }

  package var formula: String { "y = \(function.body.formula)" }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let count = inputs.result.elementCount
    return (0..<inputs.count * count).map { index in
      let values = zip(inputs.operands, inputs.shapes).map { values, shape in
        values[
          index / count * shape.elementCount + shape.place(of: index % count, in: inputs.result)]
      }
      return function.body.value(
        Dictionary(uniqueKeysWithValues: zip(function.parameters, values)))
    }
  }
}

extension Elementwise {
  /// This operation with numbers in the place of some operands: one of the others alone, which are
  /// called `x` where one is left.
  ///
  /// - Parameter numbers: By the operand's place; nil for what stays an operand.
  package func fixing(_ numbers: [Double?]) -> Elementwise {
    let pairs = Array(zip(function.parameters, numbers))
    let rest = pairs.filter { $0.1 == nil }.map(\.0)
    let names = rest.count == 1 ? ["x"] : rest
    var values = pairs.reduce(into: [:]) { values, pair in
      values[pair.0] = pair.1.map(ScalarExpression.constant)
    }
    for (old, new) in zip(rest, names) { values[old] = .variable(new) }
    return Elementwise(
      keyword: keyword,
      attributes: attributes
        + pairs.compactMap { name, number in
          number.map { AttributeValue(name: name, value: plain($0)) }
        },
      function: ScalarFunction(function.name, names, function.body.substituting(values)),
      symbol: symbol)
  }
}

extension Definition<any Operation> {
  /// A function of one number.
  package static func elementwise(
    _ keyword: String, _ summary: String, elsewhere foreign: ForeignForm = ForeignForm(),
    _ expression: @escaping @Sendable (ScalarExpression) -> ScalarExpression
  ) -> Definition {
    Definition(Signature(keyword, summary)) { _ in
      Elementwise(
        keyword: keyword, attributes: [],
        function: ScalarFunction(keyword, ["x"], expression(.variable("x"))), symbol: nil,
        foreign: foreign)
    }
  }

  /// A function of one number that has an attribute.
  package static func elementwise(
    _ keyword: String, _ summary: String, _ attribute: Key<Double>,
    elsewhere foreign: @escaping @Sendable (Double) -> ForeignForm = { _ in ForeignForm() },
    _ expression: @escaping @Sendable (ScalarExpression, ScalarExpression) -> ScalarExpression
  ) -> Definition {
    Definition(Signature(keyword, summary, keyed: [attribute.parameter])) {
      arguments throws(ArgumentError) in
      let value = try arguments.value(attribute)
      return Elementwise(
        keyword: keyword, attributes: [AttributeValue(attribute, value)],
        function: ScalarFunction(keyword, ["x"], expression(.variable("x"), .constant(value))),
        symbol: nil, foreign: foreign(value))
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
