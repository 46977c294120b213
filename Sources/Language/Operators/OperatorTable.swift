import IR

/// Every operator that can stand after a `|`. A new one is a file beside this one and a line here.
enum OperatorTable {
  static let all: [Definition<Op>] = [
    ConvolutionSyntax.definition,
    DenseSyntax.definition,
    BatchNormSyntax.definition,
    NormalizeSyntax.definition,
    ScaleShiftSyntax.definition,
    ReLUSyntax.definition,
    SigmoidSyntax.definition,
    AveragePoolSyntax.definition,
    MaxPoolSyntax.definition,
    FlattenSyntax.definition,
  ]
}
