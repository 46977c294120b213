import IR

extension Definition<any Operation> {
  /// The exponential linear unit (Clevert et al., 2016): alpha (exp(x) - 1) of negative numbers.
  package static var elu: Self {
    .elementwise(
      "elu", "negative numbers approach -alpha",
      .real(
        "alpha", atLeast: 0, default: 1, "what negative numbers approach, with its sign changed"),
      elsewhere: { alpha in
        .init(
          onnx: .init("Elu", attributes: [.init("alpha", alpha)]), pytorch: "F.elu",
          pytorchArgument: "\(alpha)")
      }
    ) { x, alpha in .select(x <= 0, alpha * .exp(x) - alpha, x) }
  }
}
