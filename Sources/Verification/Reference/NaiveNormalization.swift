import IR

/// The running statistics after a batch `x`.
package func naiveMove(
  _ convention: NormalizationConvention, _ x: [Double], of shape: Shape, seen: Double,
  mean: [Double], variance: [Double]
) -> (mean: [Double], variance: [Double]) {
  let batch = NormalizationConvention.moments(of: x, shape)
  let m = Double(x.count / shape.channels)
  if m == 1 { return (mean, variance) }
  let keep = convention.start == .firstBatch && seen == 0 ? 0 : convention.momentum
  func moved(_ old: [Double], _ new: [Double]) -> [Double] {
    zip(old, new).map { keep * $0 + (1 - keep) * $1 }
  }
  let newMean = moved(mean, batch.mean)
  switch convention.runningVariance {
  case .biased: return (newMean, moved(variance, batch.variance))
  case .unbiased:
    return (newMean, moved(variance, batch.variance.map { $0 * m / (m - 1) }))
  }
}
