import IR

/// `relu`
enum ReLUSyntax {
  static let definition = Definition<Op>(
    ReLU.keyword, "negative numbers become 0"
  ) { _ in .relu(ReLU()) }
}
