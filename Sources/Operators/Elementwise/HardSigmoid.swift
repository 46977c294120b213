import IR

extension Definition<any Operation> {
  /// sigmoid in straight lines, as PyTorch and MobileNetV3 have it: x + 3, held between 0 and 6,
  /// / 6. Keras 3 has the same; Keras 2 had x / 5 + 1 / 2.
  package static var hardSigmoid: Self {
    .elementwise(
      "hard_sigmoid", "sigmoid, made of straight lines",
      elsewhere: .init(
        onnx: .init("HardSigmoid", attributes: [.init("alpha", 1.0 / 6), .init("beta", 0.5)]),
        pytorch: "F.hardsigmoid")
    ) { x in
      .select(x <= -3, 0, .select(3 <= x, 1, (x + 3) / 6))
    }
  }
}
