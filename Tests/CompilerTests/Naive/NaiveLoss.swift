import Foundation
import IR

/// `1 / (1 + exp(-x))`
func naiveSigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

/// The losses of the examples whose outputs are `x`, [count][outputs], added up.
func naiveLoss(_ kind: Loss.Kind, _ x: [Double], _ sample: Sample) -> Double {
  let outputs = x.count / sample.count
  var sum = 0.0
  for n in 0..<sample.count {
    let row = Array(x[n * outputs..<(n + 1) * outputs])
    switch kind {
    case .softmaxCrossEntropy:
      sum += log(row.reduce(0) { $0 + exp($1) }) - row[Int(sample.labels[n])]
    case .linearRegression:
      for (k, value) in row.enumerated() {
        let error = value - sample.values[n * outputs + k]
        sum += error * error / Double(2 * outputs)
      }
    case .binaryCrossEntropy:
      for (k, p) in row.enumerated() {
        let t = sample.values.isEmpty ? Double(sample.labels[n]) : sample.values[n * outputs + k]
        sum -= (t * log(p) + (1 - t) * log(1 - p)) / Double(outputs)
      }
    }
  }
  return sum
}
