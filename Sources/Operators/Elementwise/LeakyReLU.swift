import IR

extension Definition<any Operation> {
  /// The rectifier that lets some of a negative number through (Maas et al., 2013).
  package static var leakyReLU: Self {
    .elementwise(
      "leaky_relu", "negative numbers times a slope",
      .real("slope", atLeast: 0, default: 0.01, "what negative numbers are multiplied by"),
      elsewhere: { slope in
        .init(
          onnx: .init("LeakyRelu", attributes: [.init("alpha", slope)]), pytorch: "F.leaky_relu",
          pytorchArgument: "\(slope)")
      }
    ) { x, slope in .select(x <= 0, slope * x, x) }
  }
}
