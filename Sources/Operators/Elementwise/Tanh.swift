import IR

extension Definition<any Operation> {
  /// The hyperbolic tangent.
  package static var tanh: Self {
    .elementwise("tanh", "every number into the range from -1 to 1") { x in
      .tanh(x)
    }
  }
}
