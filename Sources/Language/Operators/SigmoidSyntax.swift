import IR

/// `sigmoid`
enum SigmoidSyntax {
  static let definition = Definition<Op>(
    Sigmoid.keyword, "every number into the range from 0 to 1"
  ) { _ in .sigmoid(Sigmoid()) }
}
