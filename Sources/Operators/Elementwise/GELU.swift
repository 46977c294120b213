import IR

extension Definition<any Operation> {
  /// The Gaussian error linear unit (Hendrycks and Gimpel, 2016): x times the normal distribution's
  /// function at x.
  package static var gelu: Self {
    .elementwise(
      "gelu", "each number times its normal probability", elsewhere: .init(pytorch: "F.gelu")
    ) { x in
      0.5 * x * (1 + .erf(x * 0.7071067811865476))
    }
  }
}

extension Definition<any Operation> {
  /// Its approximation by tanh, as GPT-2 and BERT have it: 0.7978845608028654 is sqrt(2 / pi). Beyond 100, where
  /// tanh is 1 to the last digit, its argument's cube would overflow in the slope: infinity times 0.
  package static var geluTanh: Self {
    .elementwise(
      "gelu_tanh", "gelu, approximated by tanh",
      elsewhere: .init(pytorch: "F.gelu", pytorchArgument: "approximate=\"tanh\"")
    ) { x in
      0.5 * x * (1 + .tanh(0.7978845608028654 * x * (1 + 0.044715 * .min(x * x, 10000))))
    }
  }
}
