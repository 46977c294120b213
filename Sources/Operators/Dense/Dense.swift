import IR

/// A fully connected layer: `dense(128, bias: true)`.
///
///     y[n, o] = bias[o] + sum over f of weight[o, f] * x[n, f]
///
/// Shapes: x `[in]`, weight `[out, in]`, bias `[out]`. Gradients: dx = weight^T dy,
/// dweight = dy x^T summed over the batch, dbias = dy summed over the batch.
package struct Dense: ProductOperation {
  private static let featuresKey = Key.whole("features", in: Limits.dimension, "output features")
  private static let bias = Key.flag(
    "bias", default: true, "a learned offset for each output feature")

  package static let definition = Definition<any Operation>(
    "dense", "each output feature is a learned weighted sum of the vector",
    positional: [featuresKey.parameter], keyed: [bias.parameter]
  ) { arguments throws(ArgumentError) in
    Dense(features: try arguments.value(featuresKey), hasBias: try arguments.value(bias))
  }

  package let keyword = "dense"
  /// Output features.
  package var features: Int
  /// Whether each output feature has a learned offset.
  package var hasBias: Bool

  /// A layer of `features` outputs.
  package init(features: Int, hasBias: Bool = true) {
    self.features = features
    self.hasBias = hasBias
  }

  package var attributes: [AttributeValue] {
    [AttributeValue(Self.featuresKey, features), AttributeValue(Self.bias, hasBias)]
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    guard operands[0].dimensions.count == 1 else {
      throw ShapeError(
        "dense needs a vector [features], and this is \(operands[0])",
        help: "put flatten before it")
    }
    return Shape([features])
  }

  package func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    let inputs = operands[0].elementCount
    let weight = TensorDeclaration(
      .weight, shape: [features, inputs], start: .weight(fanIn: inputs, fanOut: features))
    return [weight]
      + (hasBias ? [TensorDeclaration(.bias, shape: [features], start: .around(0))] : [])
  }

  package func multiplyAdds(of operands: [Shape]) -> Int { features * operands[0].elementCount }

  package var formula: String {
    "y[n, o] = " + (hasBias ? "bias[o] + " : "") + "sum over f of weight[o, f] * x[n, f]"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let (x, count) = (inputs.operands[0], inputs.shapes[0].elementCount)
    let (weight, bias) = (inputs.tensors[.weight] ?? [], inputs.tensors[.bias])
    return (0..<inputs.count).flatMap { n in
      (0..<features).map { o in
        (0..<count).reduce(bias?[o] ?? 0) { $0 + weight[o * count + $1] * x[n * count + $1] }
      }
    }
  }
}
