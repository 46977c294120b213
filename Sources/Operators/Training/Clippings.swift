import IR

private let largestNorm = Key.positive("max", "the largest norm that gradients keep")
private let largestValue = Key.positive("max", "the largest size of a number")

extension Definition<Clipping> {
  /// `clip norm(1)`: all gradients together are made as long as `max` where they are longer, as by
  /// PyTorch's clip_grad_norm_, which divides by norm + 1e-6 (Pascanu et al., 2013).
  package static var norm: Self {
    Self(
      "norm", "all gradients are multiplied by min(1, max / (norm + 1e-6))",
      positional: [largestNorm.parameter]
    ) { arguments throws(ArgumentError) in
      let bound = try arguments.value(largestNorm)
      return Clipping(
        "norm", [AttributeValue(largestNorm, bound)],
        factor: .min(1, .constant(bound) / (Clipping.norm + 1e-6)))
    }
  }

  /// `clip value(0.5)`: each number of a gradient stays between -max and max.
  package static var value: Self {
    Self(
      "value", "each number of a gradient stays between -max and max",
      positional: [largestValue.parameter]
    ) { arguments throws(ArgumentError) in
      let bound = try arguments.value(largestValue)
      return Clipping(
        "value", [AttributeValue(largestValue, bound)],
        gradients: [
          .min(Optimizer.gradient, .constant(bound)), .max(Optimizer.gradient, .constant(-bound)),
        ])
    }
  }
}
