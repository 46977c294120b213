/// How the parameters start.
package protocol Initializer: Hashable, Sendable {
  /// The word in a model file.
  var keyword: String { get }
  /// The attributes with their values.
  var attributes: [AttributeValue] { get }

  /// The numbers that a weight between so many inputs and outputs starts with.
  func weight(fanIn: Int, fanOut: Int) -> Distribution

  /// The numbers that a parameter around `value` starts with: a bias around 0, gamma around 1.
  func around(_ value: Double) -> Distribution
}

extension Initializer {
  package var attributes: [AttributeValue] { [] }
  package func around(_ value: Double) -> Distribution { .constant(value) }

  /// How `declaration` starts.
  package func start(of declaration: TensorDeclaration) -> Distribution {
    switch declaration.start {
    case .weight(let fanIn, let fanOut): weight(fanIn: fanIn, fanOut: fanOut)
    case .around(let value): around(value)
    case .constant(let value): .constant(value)
    }
  }
}

/// Where numbers are drawn from.
package enum Distribution: Hashable, Sendable {
  case constant(Double)
  case normal(mean: Double, deviation: Double)
  case uniform(from: Double, to: Double)
}

/// An initializer of any type.
package struct AnyInitializer: Hashable, Sendable {
  package let base: any Initializer

  package init(_ base: any Initializer) { self.base = base }

  package static func == (left: AnyInitializer, right: AnyInitializer) -> Bool {
    AnyHashable(left.base) == AnyHashable(right.base)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(base)) }
}
