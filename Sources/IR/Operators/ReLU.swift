/// The rectifier: `relu`.
///
///     y = x < 0 ? 0 : x        dx = y > 0 ? dy : 0
///
/// Written so, and not as a maximum, a NaN stays visible.
package struct ReLU: Operator {
  package static let keyword = "relu"

  /// The rectifier.
  package init() {}

  package func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  package var formula: String { "y = x < 0 ? 0 : x" }
}
