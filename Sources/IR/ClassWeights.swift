/// What the classes of a target count in a loss. Its mean is then the sum of the losses divided by
/// what the examples count together, as PyTorch has it.
package struct ClassWeights: Hashable, Sendable {
  /// One for each class; empty where all count alike.
  package let weights: [Double]
  /// The class that counts nothing.
  package let ignored: Int?

  package init(weights: [Double], ignored: Int?) {
    self.weights = weights
    self.ignored = ignored
  }

  /// What an example of class `label` counts.
  package func weight(of label: Int) -> Double {
    label == ignored ? 0 : weights.isEmpty ? 1 : weights[label]
  }

  /// What a sum of losses of examples of these classes is multiplied by, so that it is the mean by
  /// the classes' weights times the number of examples; 0 where none of them counts.
  package func share(of labels: [Int]) -> Double {
    let whole = labels.reduce(0) { $0 + weight(of: $1) }
    return whole > 0 ? Double(labels.count) / whole : 0
  }
}

extension [Loss] {
  /// The class of target `index` that none of its losses counts; nil where there is none.
  package func ignored(by index: Int) -> Int? {
    let all = filter { $0.target == index }.map { $0.classWeights?.ignored }
    guard let first = all.first, all.allSatisfy({ $0 == first }) else { return nil }
    return first
  }
}
