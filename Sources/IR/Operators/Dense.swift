/// A fully connected layer: `dense(128)`.
///
///     y[n, o] = bias[o] + sum over f of weight[o, f] * x[n, f]
///
/// Shapes: x `[in]`, weight `[out, in]`, bias `[out]`. Gradients: dx = weight^T dy,
/// dweight = dy x^T summed over the batch, dbias = dy summed over the batch.
package struct Dense: Operator {
  package static let keyword = "dense"

  /// Output features.
  package var features: Int
  /// Whether each output feature has a learned offset.
  package var hasBias: Bool

  /// A layer of `features` outputs.
  package init(features: Int, hasBias: Bool = true) {
    self.features = features
    self.hasBias = hasBias
  }

  package func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    guard operands[0].dimensions.count == 1 else {
      throw ShapeError(
        "dense needs a vector [features], and this is \(operands[0])",
        help: "put flatten before it")
    }
    return Shape([features])
  }

  package func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    [TensorDeclaration(.weight, shape: [features, operands[0].elementCount])]
      + (hasBias ? [TensorDeclaration(.bias, shape: [features])] : [])
  }

  package func multiplyAdds(of operands: [Shape]) -> Int { features * operands[0].elementCount }

  package var formula: String {
    "y[n, o] = " + (hasBias ? "bias[o] + " : "") + "sum over f of weight[o, f] * x[n, f]"
  }
}
