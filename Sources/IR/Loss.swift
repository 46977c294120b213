import Diagnostics

/// `loss softmax_cross_entropy(logits, digit, reduction: sum)`
package struct Loss: Hashable, Sendable {
  /// Which loss.
  package var kind: Kind
  /// The value that it reads.
  package var operand: ValueID
  /// How the examples' losses become one number, whose gradient is taken.
  package var reduction: Reduction
  /// Where it stands.
  package var range: SourceRange

  /// The losses of the language; the raw value is the keyword.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// `-log softmax(x)[label]`, gradient `softmax(x) - onehot(label)`.
    case softmaxCrossEntropy = "softmax_cross_entropy"
    /// `sum over the m outputs of (x - target)^2 / (2 m)`, gradient `(x - target) / m`, as MXNet's
    /// LinearRegressionOutput has it.
    case linearRegression = "linear_regression"
    /// `mean over the outputs of -(t log p + (1 - t) log(1 - p))` of probabilities p; the logarithms
    /// are not less than -100, and the gradient `(p - t) / (p (1 - p))` divides by no less than
    /// 1e-12, as PyTorch's BCELoss has it.
    case binaryCrossEntropy = "binary_cross_entropy"
  }

  /// How the examples' losses become one number.
  package enum Reduction: String, Hashable, Sendable, CaseIterable {
    case sum
    case mean
  }

  /// A loss of `operand` against the model's target.
  package init(kind: Kind, operand: ValueID, reduction: Reduction, range: SourceRange) {
    self.kind = kind
    self.operand = operand
    self.reduction = reduction
    self.range = range
  }
}
