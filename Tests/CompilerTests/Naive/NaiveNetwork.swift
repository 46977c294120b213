import IR

/// A network computed straight from its operators' formulas, one number after the other, in double:
/// what the generated C is held against. It shares nothing with the compiler but the checked model.
struct NaiveNetwork {
  let model: Model
  /// Parameters and running statistics by name.
  var tensors: [String: [Double]]

  /// Every value of the forward pass, [count][elements] each, by the value's index.
  func values(_ sample: Sample, training: Bool) -> [[Double]] {
    var values = [sample.inputs]
    for layer in model.layers {
      let shapes = model.operandShapes(of: layer)
      let operands = layer.operands.map { values[$0.index] }
      let count = sample.count
      let x = operands[0]
      func tensor(_ role: String) -> [Double]? { tensors["\(layer.name).\(role)"] }
      let y: [Double] =
        switch layer.op {
        case .convolution(let op):
          naiveConvolution(
            op, x, of: shapes[0], to: layer.shape, count: count, weight: tensor("weight") ?? [],
            bias: tensor("bias"))
        case .dense(let op):
          naiveDense(op, x, count: count, weight: tensor("weight") ?? [], bias: tensor("bias"))
        case .batchNorm(let op):
          naiveScaleShift(
            normalized(op, x, layer, count: count, training: training), of: layer.shape,
            gamma: op.fixGamma ? nil : tensor("gamma"), beta: tensor("beta"))
        case .normalize(let op):
          normalized(op.convention, x, layer, count: count, training: training)
        case .scaleShift:
          naiveScaleShift(x, of: layer.shape, gamma: tensor("gamma"), beta: tensor("beta"))
        case .relu: x.map { $0 < 0 ? 0 : $0 }
        case .sigmoid: x.map(naiveSigmoid)
        case .averagePool(let op):
          naivePool(op.window, x, of: shapes[0], to: layer.shape, count: count) { numbers in
            numbers.reduce(0, +) / Double(op.window.kernel * op.window.kernel)
          }
        case .maxPool(let op):
          naivePool(op.window, x, of: shapes[0], to: layer.shape, count: count) { numbers in
            numbers.reduce(-.infinity, max)
          }
        case .flatten: x
        case .add: zip(x, operands[1]).map { $0 + $1 }
        }
      values.append(y)
    }
    return values
  }

  /// The losses of the examples, added up.
  func loss(_ sample: Sample, training: Bool) -> Double {
    naiveLoss(
      model.loss.kind, values(sample, training: training)[model.loss.operand.index], sample)
  }

  /// The running statistics of every batch norm after a step over `sample`.
  func movedState(_ sample: Sample) -> [String: [Double]] {
    let values = values(sample, training: true)
    var moved: [String: [Double]] = [:]
    for layer in model.layers {
      guard let op = layer.op.normalization else { continue }
      let x = values[layer.operands[0].index]
      func name(_ role: String) -> String { "\(layer.name).\(role)" }
      let seen = tensors[name("seen")]
      let (mean, variance) = naiveMove(
        op, naiveMoments(x, of: layer.shape), seen: seen?[0] ?? 1,
        mean: tensors[name("running_mean")] ?? [],
        variance: tensors[name("running_variance")] ?? [])
      moved[name("running_mean")] = mean
      moved[name("running_variance")] = variance
      if seen != nil { moved[name("seen")] = [1] }
    }
    return moved
  }

  private func normalized(
    _ op: BatchNorm, _ x: [Double], _ layer: Layer, count: Int, training: Bool
  ) -> [Double] {
    let batch = naiveMoments(x, of: layer.shape)
    return naiveNormalize(
      op, x, of: layer.shape,
      mean: training ? batch.mean : tensors["\(layer.name).running_mean"] ?? [],
      variance: training ? batch.variance : tensors["\(layer.name).running_variance"] ?? [])
  }
}
