import Diagnostics
import IR

/// What a term of a pipeline is: a value, nil where it is unknown, or a number.
enum Operand: Hashable {
  case value(Value?)
  case number(Double)

  /// The value, where it is one that is known.
  var value: Value? { if case .value(let value) = self { value } else { nil } }
  /// The number, where it is one.
  var number: Double? { if case .number(let number) = self { number } else { nil } }
}

// Sums, differences, products and quotients of values and numbers.
extension Checker {
  /// What stands before the first `|` of a pipeline: each operator is a layer, but of two numbers.
  mutating func checkSum(_ pipeline: PipelineSyntax, in scope: inout Scope) -> Operand {
    if let call = pipeline.onlyCall {
      return .value(checkCall(call, name: pipeline.sumName, in: &scope))
    }
    var whole: Operand?
    var operators = pipeline.operatorCount
    /// Only the last operator's layer has the sum's name.
    func name() -> NameSyntax? {
      operators -= 1
      return operators == 0 ? pipeline.sumName : nil
    }
    for term in pipeline.terms {
      var product: Operand?
      for factor in term.factors {
        let right = checkFactor(factor, in: &scope)
        product =
          product.map {
            combine(
              $0, right, by: factor.join.rawValue, name: name(), at: term.range, in: &scope)
          } ?? right
      }
      guard let product else { continue }
      whole =
        whole.map {
          combine(
            $0, product, by: term.isSubtracted ? "-" : "+", name: name(), at: pipeline.sumRange,
            in: &scope)
        } ?? product
    }
    return whole ?? .value(nil)
  }

  /// `-term`: of a value -1 times it.
  private mutating func checkFactor(
    _ factor: ProductSyntax.Factor, in scope: inout Scope
  ) -> Operand {
    let term = checkTerm(factor.term, at: factor.range, in: &scope)
    guard factor.isNegative else { return term }
    if case .number(let number) = term { return .number(-number) }
    return combine(term, .number(-1), by: "*", name: nil, at: factor.range, in: &scope)
  }

  private mutating func checkTerm(
    _ term: TermSyntax, at range: SourceRange, in scope: inout Scope
  ) -> Operand {
    switch term {
    case .name(let name):
      // That it is no name is reported already.
      if Keyword.isFlag(name.text) { return .value(nil) }
      return constant(name, in: scope) ?? .value(readName(name, in: &scope))
    case .number(let text): return NumberSyntax.value(of: text).map(Operand.number) ?? .value(nil)
    case .group(let pipeline): return checkGroup(pipeline, in: &scope)
    case .call(let call): return .value(checkCall(call, name: nil, in: &scope))
    }
  }

  /// The number that a name stands for where it stands for no value; a parameter of a block that is
  /// not used may be one.
  func constant(_ name: NameSyntax, in scope: Scope) -> Operand? {
    guard scope.names[name.text] == nil else { return nil }
    switch scope.constants[name.text] {
    case .number(let number): return .number(number)
    case .unknown: return .value(nil)
    case .flag, .word, .list, nil: return nil
    }
  }

  /// `left symbol right`, a layer unless both are numbers.
  private mutating func combine(
    _ left: Operand, _ right: Operand, by symbol: String, name: NameSyntax?,
    at range: SourceRange, in scope: inout Scope
  ) -> Operand {
    if case .number(let a) = left, case .number(let b) = right {
      return fold(a, b, by: symbol, at: range)
    }
    guard let row = library.operation(of: symbol) else {
      report(.unknownOperator(symbol, at: range))
      return .value(nil)
    }
    return .value(
      append(
        try? row.make(Arguments()), row, operands: [left, right], name: name, at: range,
        in: &scope))
  }

  private mutating func fold(
    _ a: Double, _ b: Double, by symbol: String, at range: SourceRange
  ) -> Operand {
    let result: Double
    switch symbol {
    case "+": result = a + b
    case "-": result = a - b
    case "*": result = a * b
    default:
      guard b != 0 else {
        report(.divisionByZero(at: range))
        return .value(nil)
      }
      result = a / b
    }
    guard result.isFinite else {
      report(.numberTooLarge(at: range))
      return .value(nil)
    }
    return .number(result)
  }

  /// Adds a layer of `operands`, some of which may be numbers: those become part of the operation.
  mutating func append(
    _ op: (any Operation)?, _ row: Definition<any Operation>, operands: [Operand],
    name: NameSyntax?, at range: SourceRange, in scope: inout Scope
  ) -> Value? {
    let signature = row.signature
    var op = op
    if operands.contains(where: { $0.number != nil }) {
      op = op.flatMap { fix(operands, of: $0, signature, at: range, in: scope) }
    }
    var values = operands.filter { $0.number == nil }.map(\.value)
    if let whole = op as? any DecomposedOperation, values.count == 1, let value = values[0] {
      do throws(ShapeError) {
        // Its messages are of the whole.
        _ = try whole.resultShape(of: [value.shape])
        if let parts = try whole.decomposed(for: value.shape) {
          op = parts.rest
          // It has no ordinal of its own, which would rename those that are written.
          let own = name.map { scope.prefix + $0.text } ?? scope.nextName(of: signature.keyword)
          let layerName = LayerName(
            text: "\(own)_\(parts.first.keyword)", range: range, isWritten: false,
            prefix: scope.prefix)
          values[0] = append(
            parts.first, called: claim(layerName, in: scope), operands: values, at: range,
            in: scope)
        }
      } catch {
        report(.shapeMismatch(error, at: range, uses: scope.uses))
        values[0] = nil
      }
    }
    return append(
      op, keyword: signature.keyword, operands: values, name: name, at: range, in: &scope)
  }

  /// `op` with the numbers among `operands` put in; nil where it does not take them, which is
  /// reported.
  private mutating func fix(
    _ operands: [Operand], of op: any Operation, _ signature: Signature, at range: SourceRange,
    in scope: Scope
  ) -> (any Operation)? {
    guard let elementwise = op as? Elementwise, operands.contains(where: { $0.number == nil })
    else {
      report(.numberForValue(signature, at: range))
      return nil
    }
    let numbers = operands.compactMap(\.number)
    if numbers.contains(where: { !Float($0).isFinite }) {
      report(.noFloat(signature.symbol ?? signature.keyword, at: range, uses: scope.uses))
      return nil
    }
    if signature.symbol == "/", operands.last?.number == 0 {
      report(.divisionByZero(at: range))
      return nil
    }
    // As a float it would be 0, which makes 0 of everything, or divides by it.
    if ["*", "/"].contains(signature.symbol), numbers.contains(where: { $0 != 0 && Float($0) == 0 })
    {
      report(.floatOfZero(signature, at: range, uses: scope.uses))
      return nil
    }
    let fixed = elementwise.fixing(operands.map(\.number))
    guard fixed.function.dependsOnParameters else {
      report(.constantResult(signature, at: range))
      return nil
    }
    return fixed
  }
}
