import IR

extension Definition<any Operation> {
  /// The quotient of two values.
  package static var divide: Self {
    .elementwise("divide", "the quotient of two values", symbol: "/") { a, b in
      a / b
    }
  }
}
