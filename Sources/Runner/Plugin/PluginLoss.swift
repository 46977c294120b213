import Diagnostics
import Glibc
import PluginABI

/// A loss.
package struct PluginLoss: Hashable, Sendable {
  /// "softmax_cross_entropy"
  package let name: String
  /// The output that it reads and the target that it compares it with, by their indices.
  package let output, target: Int
  /// Whether the one output of a network for two classes says the second where it is above 0.
  package let isOfLogit: Bool
  /// Whether a target of real values says of each whether something is so.
  package let isOfLabels: Bool
  /// What makes probabilities of the output; nil where the loss makes none of it.
  package let probabilities: Probabilities?
  /// Its factor in the whole.
  package let weight: Double

  /// What makes probabilities of an output.
  package enum Probabilities: Int32, Hashable, Sendable {
    /// `exp(x[k]) / sum over j of exp(x[j])` along the first axis.
    case softmax = 1
    /// `1 / (1 + exp(-x))` of each number.
    case sigmoid = 2
  }

  /// What a row of the plugin's table says.
  init(_ row: bnc_measure, in memory: PluginMemory) throws {
    name = try memory.text(row.name, "loss's name")
    (output, target) = (Int(row.output), Int(row.target))
    (isOfLogit, isOfLabels) = (row.is_logit != 0, row.is_of_labels != 0)
    probabilities = Probabilities(rawValue: row.probabilities)
    weight = row.weight
  }
}

extension PluginLoss.Probabilities {
  /// The probabilities of an example's `numbers`, of which each class has `positions` one after the
  /// other.
  func of(_ numbers: [Double], positions: Int) -> [Double] {
    switch self {
    case .sigmoid: return numbers.map { 1 / (1 + exp(-$0)) }
    case .softmax:
      var result = numbers
      for position in 0..<positions {
        let places = stride(from: position, to: numbers.count, by: positions)
        let largest = places.reduce(-.infinity) { max($0, numbers[$1]) }
        for place in places { result[place] = exp(numbers[place] - largest) }
        let sum = places.reduce(0) { $0 + result[$1] }
        for place in places { result[place] /= sum }
      }
      return result
    }
  }
}
