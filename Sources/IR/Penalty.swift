/// `l2(0.0001) on conv*.weight`: what a loss adds for parameters, number by number.
package struct Penalty: Hashable, Sendable {
  /// The word in a model file.
  package let keyword: String
  package let attributes: [AttributeValue]
  /// What a number `p` costs.
  package let cost: ScalarExpression
  /// The slope of that by p.
  package let slope: ScalarExpression
  /// Which parameters it is for.
  package var patterns: [ParameterPattern] = []

  package init(
    _ keyword: String, attributes: [AttributeValue], cost: ScalarExpression,
    slope: ScalarExpression
  ) {
    self.keyword = keyword
    self.attributes = attributes
    self.cost = cost
    self.slope = slope
  }

  /// The number of a parameter, in expressions.
  package static let parameter = ScalarExpression.variable("p")
}

extension Model {
  /// The penalties on the parameter `role` of layer `index`.
  package func penalties(on role: TensorDeclaration.Role, of index: Int) -> [Penalty] {
    let name = "\(layers[index].name).\(role.rawValue)"
    return penalties.filter { $0.patterns.contains { $0.matches(name) } }
  }
}
