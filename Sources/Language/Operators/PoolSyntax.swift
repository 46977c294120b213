import IR

/// `avgpool(2, stride: 2, padding: 0)`
enum AveragePoolSyntax {
  static let definition = Definition<Op>(
    AveragePool.keyword, "the mean of each window; zeros of the padding count",
    positional: [WindowSyntax.kernel.parameter],
    keyed: [WindowSyntax.poolStride.parameter, WindowSyntax.padding.parameter]
  ) { arguments throws(ArgumentError) in
    .averagePool(AveragePool(window: try WindowSyntax.pool(arguments)))
  }
}

/// `maxpool(3, stride: 2, padding: 1)`
enum MaxPoolSyntax {
  static let definition = Definition<Op>(
    MaxPool.keyword, "the largest number of each window; padding never wins",
    positional: [WindowSyntax.kernel.parameter],
    keyed: [WindowSyntax.poolStride.parameter, WindowSyntax.padding.parameter]
  ) { arguments throws(ArgumentError) in
    .maxPool(MaxPool(window: try WindowSyntax.pool(arguments)))
  }
}
