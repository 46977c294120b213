import IR

extension Definition<any Operation> {
  /// The rectifier that ends at 6 (Krizhevsky, 2010; MobileNet).
  package static var relu6: Self {
    .elementwise(
      "relu6", "numbers below 0 become 0, above 6 become 6",
      elsewhere: .init(onnx: .init("Clip", numbers: [0, 6]), pytorch: "F.relu6")
    ) {
      x in .select(x <= 0, 0, .select(6 <= x, 6, x))
    }
  }
}
