import IR

/// `normalize`, with the keys of `batchnorm` that are about statistics.
enum NormalizeSyntax {
  static let definition = Definition<Op>(
    Normalize.keyword,
    "each channel with mean 0 and variance 1 over the batch: the first half of batchnorm",
    keyed: BatchNormSyntax.statistics
  ) { arguments in .normalize(Normalize(BatchNormSyntax.convention(arguments))) }
}
