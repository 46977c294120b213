import IR

extension Definition<any Operation> {
  /// The product of two values.
  package static var multiply: Self {
    .elementwise("multiply", "the product of two values", symbol: "*") { a, b in
      a * b
    }
  }
}
