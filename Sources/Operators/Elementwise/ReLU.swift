import IR

extension Definition<any Operation> {
  /// The rectifier. Written so, and not as a maximum, a NaN stays visible.
  package static var relu: Self {
    .elementwise(
      "relu", "negative numbers become 0",
      elsewhere: .init(onnx: .init("Relu"), pytorch: "F.relu")
    ) { x in
      .select(x <= 0, 0, x)
    }
  }
}
