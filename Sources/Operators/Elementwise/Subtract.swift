import IR

extension Definition<any Operation> {
  /// The difference of two values.
  package static var subtract: Self {
    .elementwise("subtract", "the difference of two values", symbol: "-") { a, b in
      a - b
    }
  }
}
