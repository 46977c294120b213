import IR

/// The mean and the biased variance of each channel over examples, rows and columns.
func naiveMoments(_ x: [Double], of shape: Shape) -> (
  mean: [Double], variance: [Double], numbers: Int
) {
  let numbers = x.count / shape.channels
  var mean = [Double](repeating: 0, count: shape.channels)
  var variance = mean
  for (index, value) in x.enumerated() {
    mean[channel(index, shape)] += value / Double(numbers)
  }
  for (index, value) in x.enumerated() {
    let c = channel(index, shape)
    variance[c] += (value - mean[c]) * (value - mean[c]) / Double(numbers)
  }
  return (mean, variance, numbers)
}

/// `(x - mean[c]) / sqrt(variance[c] + eps)`, or eps added to the root.
func naiveNormalize(
  _ op: BatchNorm, _ x: [Double], of shape: Shape, mean: [Double], variance: [Double]
) -> [Double] {
  x.enumerated().map { index, value in
    let c = channel(index, shape)
    return switch op.epsPlace {
    case .variance: (value - mean[c]) / (variance[c] + op.eps).squareRoot()
    case .deviation: (value - mean[c]) / (variance[c].squareRoot() + op.eps)
    }
  }
}

/// `gamma[c] * x + beta[c]`
func naiveScaleShift(
  _ x: [Double], of shape: Shape, gamma: [Double]?, beta: [Double]?
) -> [Double] {
  x.enumerated().map { index, value in
    let c = channel(index, shape)
    return (gamma?[c] ?? 1) * value + (beta?[c] ?? 0)
  }
}

/// The running statistics after a batch of `batch`'s moments.
func naiveMove(
  _ op: BatchNorm, _ batch: (mean: [Double], variance: [Double], numbers: Int), seen: Double,
  mean: [Double], variance: [Double]
) -> (mean: [Double], variance: [Double]) {
  if batch.numbers == 1 { return (mean, variance) }
  let keep = op.start == .firstBatch && seen == 0 ? 0 : op.momentum
  let m = Double(batch.numbers)
  func moved(_ old: [Double], _ new: [Double]) -> [Double] {
    zip(old, new).map { keep * $0 + (1 - keep) * $1 }
  }
  let newMean = moved(mean, batch.mean)
  switch op.runningVariance {
  case .biased: return (newMean, moved(variance, batch.variance))
  case .unbiased:
    return (newMean, moved(variance, batch.variance.map { $0 * m / (m - 1) }))
  }
}

/// The channel of number `index` of [count][channels][plane].
private func channel(_ index: Int, _ shape: Shape) -> Int {
  index / shape.planeCount % shape.channels
}
