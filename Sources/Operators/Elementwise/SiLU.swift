import IR

extension Definition<any Operation> {
  /// The sigmoid linear unit, or swish (Elfwing et al., 2018).
  package static var silu: Self {
    .elementwise(
      "silu", "each number times its sigmoid", elsewhere: .init(pytorch: "F.silu")
    ) { x in
      x * .sigmoid(x)
    }
  }
}
