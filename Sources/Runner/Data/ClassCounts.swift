extension Examples {
  /// How many examples, or positions of them, each of `classes` classes of target `target` has, and how
  /// many have none that counts.
  package func classCounts(_ classes: Int, perExample: Int, target: Int) -> (
    counts: [Int], ignored: Int
  ) {
    var counts = [Int](repeating: 0, count: classes)
    var ignored = 0
    for example in 0..<count {
      for position in 0..<perExample {
        let label = targetClass(example, position: position, target: target)
        if counts.indices.contains(label) { counts[label] += 1 } else { ignored += 1 }
      }
    }
    return (counts, ignored)
  }

  /// The means and deviations of a target of real values; nil of classes.
  package func moments(ofTarget index: Int, _ target: PluginValue) -> ExampleMoments? {
    guard case .values(let tensor) = targets[index] else { return nil }
    return moments(of: tensor, channels: target.shape.first ?? 1, scale: 1)
  }

  /// How the numbers of input `index` are stored.
  package func numberType(of index: Int) -> NumberType { inputs[index].type }
}
