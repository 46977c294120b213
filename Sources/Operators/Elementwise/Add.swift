import IR

extension Definition<any Operation> {
  /// The sum of two values.
  package static var add: Self {
    .elementwise("add", "the sum of two values", symbol: "+") { a, b in
      a + b
    }
  }
}
