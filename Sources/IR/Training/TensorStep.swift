/// What a step of an optimizer does that takes a whole parameter: a norm, or the product of matrices.
/// `Optimizer.updates` come before it, for each number, and leave in `g` where that would go.
package struct TensorStep: Hashable, Sendable {
  /// What becomes of all `g` together; nil where they stay as they are.
  package let orthogonalization: Orthogonalization?
  /// Numbers that are the same for the whole parameter, of its shape and its norms.
  package let scalars: [Optimizer.Assignment]
  /// What a step does at last for each number, which sees those scalars.
  package let updates: [Optimizer.Assignment]

  /// `g` as the nearest matrix whose singular values are all about 1, by Newton and Schulz's
  /// iteration: of X, which starts as g divided by its norm, becomes aX + (bA + cAA)X, A = X X^T.
  package struct Orthogonalization: Hashable, Sendable {
    package let steps: Int
    /// a, b and c.
    package let coefficients: [Double]
    /// The least that g is divided by.
    package let epsilon: Double

    package init(steps: Int, coefficients: [Double], epsilon: Double) {
      self.steps = steps
      self.coefficients = coefficients
      self.epsilon = epsilon
    }
  }

  package init(
    orthogonalization: Orthogonalization? = nil, scalars: [Optimizer.Assignment],
    updates: [Optimizer.Assignment]
  ) {
    self.orthogonalization = orthogonalization
    self.scalars = scalars
    self.updates = updates
  }

  /// The norms of the parameter and of `g`, in expressions: roots of sums of squares.
  package static let parameterNorm = ScalarExpression.variable("parameter_norm")
  package static let directionNorm = ScalarExpression.variable("direction_norm")
  /// How many rows the parameter has as a matrix, and how many columns: what gives one output is a
  /// row.
  package static let rows = ScalarExpression.variable("rows")
  package static let columns = ScalarExpression.variable("columns")

  /// Whether a parameter has to have two axes or more.
  package var needsMatrix: Bool { orthogonalization != nil }

  /// How many numbers of scratch a parameter of that many rows and columns takes beside its gradient:
  /// two matrices of its size, two of its shorter side.
  package func scratch(rows: Int, columns: Int) -> Int {
    guard orthogonalization != nil else { return 0 }
    let side = min(rows, columns)
    return 2 * rows * columns + 2 * side * side
  }
}
