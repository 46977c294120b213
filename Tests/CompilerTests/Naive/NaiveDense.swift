import IR

/// `y[n, o] = bias[o] + sum over f of weight[o, f] * x[n, f]`
func naiveDense(
  _ op: Dense, _ x: [Double], count: Int, weight: [Double], bias: [Double]?
) -> [Double] {
  let inputs = x.count / count
  var y: [Double] = []
  for n in 0..<count {
    for o in 0..<op.features {
      var sum = bias?[o] ?? 0
      for f in 0..<inputs { sum += weight[o * inputs + f] * x[n * inputs + f] }
      y.append(sum)
    }
  }
  return y
}
