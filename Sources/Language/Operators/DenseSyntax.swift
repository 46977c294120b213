import IR

/// `dense(128, bias: true)`
enum DenseSyntax {
  static let features = Key.whole("features", in: Limits.dimension, "output features")
  static let bias = Key.flag("bias", default: true, "a learned offset for each output feature")

  static let definition = Definition<Op>(
    Dense.keyword, "each output feature is a learned weighted sum of the vector",
    positional: [features.parameter], keyed: [bias.parameter]
  ) { arguments throws(ArgumentError) in
    .dense(Dense(features: try arguments.value(features), hasBias: try arguments.value(bias)))
  }
}
