import Diagnostics

// What stands before the first `|` of a pipeline.
extension Parser {
  /// `sum = product { ( "+" | "-" ) product } [ "as" name ] ;` Only an operator or a call makes a
  /// layer, which can have a name.
  mutating func sumName(of pipeline: PipelineSyntax) throws(Recovery) -> NameSyntax? {
    guard isAt(.named) else { return nil }
    if pipeline.operatorCount == 0, pipeline.onlyCall == nil {
      throw unexpected(
        expected: "'|' or '+'", help: "'as' names a layer: 'x | relu as first', or 'a + b as sum'")
    }
    advance()
    return try name("the layer's name")
  }

  /// `product = operand { ( "*" | "/" ) operand } ;`
  mutating func product(isSubtracted: Bool) throws(Recovery) -> ProductSyntax {
    let start = current.range
    var factors = [try operand(.times)]
    while current.kind == .times || current.kind == .slash {
      factors.append(try operand(advance().kind == .times ? .times : .over))
    }
    return ProductSyntax(
      isSubtracted: isSubtracted, factors: factors, range: range(from: start))
  }

  /// `operand = [ "-" ] term ;`
  private mutating func operand(_ join: ValueSyntax.Join) throws(Recovery)
    -> ProductSyntax.Factor
  {
    let start = current.range
    let isNegative = take(.minus) != nil
    let term = try term()
    return ProductSyntax.Factor(
      join: join, isNegative: isNegative, term: term, range: range(from: start))
  }
}
