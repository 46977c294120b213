import IR

extension Numbers {
  /// Numbers for a parameter or a running statistic, of the size that training gives it: variances
  /// above 0, and every batch norm has seen a batch.
  package mutating func values(for tensor: TensorDeclaration) -> [Double] {
    let count = tensor.elementCount
    let fan = Double(max(1, tensor.shape.dropFirst().reduce(1, *)))
    return switch tensor.role {
    case .weight: normals(count, deviation: (2 / fan).squareRoot())
    case .gamma: normals(count, mean: 1, deviation: 0.3)
    case .runningVariance: uniforms(count, 0.5, 2)
    case .seen: Array(repeating: 1, count: count)
    default: normals(count, deviation: 0.3)
    }
  }
}
