import IR

extension Definition<any Operation> {
  /// silu in straight lines (Howard et al., 2019: MobileNetV3): x times x + 3, held between 0 and
  /// 6, / 6.
  package static var hardSwish: Self {
    .elementwise(
      "hard_swish", "silu, made of straight lines",
      elsewhere: .init(onnx: .init("HardSwish"), pytorch: "F.hardswish")
    ) { x in
      .select(x <= -3, 0, .select(3 <= x, x, x * (x + 3) / 6))
    }
  }
}
