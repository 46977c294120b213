import IR

extension Definition<any Operation> {
  /// The logistic function 1 / (1 + exp(-x)).
  package static var sigmoid: Self {
    .elementwise("sigmoid", "every number into the range from 0 to 1") {
      x in .sigmoid(x)
    }
  }
}
