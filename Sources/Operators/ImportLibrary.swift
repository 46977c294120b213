import Importing

extension ImportRules {
  /// What the language's operations are in ONNX's words.
  package static let standard = ImportRules(
    rules, patterns: [.layerNorm],
    rewrites: [.scaleShift, .bias, .groupNorm, .affineNorm])

  private static let rules: [ImportRule] =
    [
      .convolution, .transposedConvolution, .gemm, .matrixProduct, .batchNormalization,
      .averagePool, .maxPool, .parametricReLU, .softmax, .logSoftmax, .dropout, .resizing,
      .upsampling,
    ] + more

  private static let more: [ImportRule] = [
    ImportRule.globalPools, ImportRule.exampleNorms, ImportRule.moves, ImportRule.activations,
  ].flatMap(\.self)
}
