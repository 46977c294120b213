import IR

/// The running statistics after a batch `x`.
func naiveMove(
  _ convention: NormalizationConvention, _ x: [Double], of shape: Shape, seen: Double,
  mean: [Double], variance: [Double]
) -> (mean: [Double], variance: [Double]) {
  let batch = NormalizationConvention.moments(of: x, shape)
  let keep = convention.start == .firstBatch && seen == 0 ? 0 : convention.momentum
  let m = Double(x.count / shape.channels)
  func moved(_ old: [Double], _ new: [Double]) -> [Double] {
    zip(old, new).map { keep * $0 + (1 - keep) * $1 }
  }
  let newMean = moved(mean, batch.mean)
  switch convention.runningVariance {
  case .biased: return (newMean, moved(variance, batch.variance))
  case .unbiased:
    guard m > 1 else { return (newMean, variance) }
    return (newMean, moved(variance, batch.variance.map { $0 * m / (m - 1) }))
  }
}
