import IR

/// `flatten`
enum FlattenSyntax {
  static let definition = Definition<Op>(
    Flatten.keyword, "an image as a vector, channels outermost"
  ) { _ in .flatten(Flatten()) }
}
