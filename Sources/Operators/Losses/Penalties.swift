import IR

extension Definition<Penalty> {
  private static var factor: Key<Double> {
    .real("factor", atLeast: 0, "what each number's part is multiplied by")
  }

  /// `factor p^2`, gradient `2 factor p`, as Keras's L2; PyTorch's `weight_decay` is twice the
  /// factor.
  package static var l2: Self {
    Self("l2", "the squares of the parameters times a factor", positional: [factor.parameter]) {
      arguments throws(ArgumentError) in
      let value = try arguments.value(factor)
      let p = Penalty.parameter
      return Penalty(
        "l2", attributes: [AttributeValue(factor, value)], cost: .constant(value) * p * p,
        slope: .constant(2 * value) * p)
    }
  }

  /// `factor |p|`, gradient `factor` with the sign of p, and 0 where p is 0, as Keras's L1.
  package static var l1: Self {
    Self("l1", "the sizes of the parameters times a factor", positional: [factor.parameter]) {
      arguments throws(ArgumentError) in
      let value = try arguments.value(factor)
      let p = Penalty.parameter
      return Penalty(
        "l1", attributes: [AttributeValue(factor, value)], cost: .constant(value) * .abs(p),
        slope: .select(p < 0, .constant(-value), .select(0 < p, .constant(value), 0)))
    }
  }
}
