import Diagnostics

/// How examples to validate on are taken from those to train on: by the seed alone, so that every
/// machine takes the same ones.
package struct ValidationSplit: Hashable, Sendable {
  /// The share of the training part, above 0 and below 1.
  package var share: Double
  /// Whether each class gives this share of its examples.
  package var isStratified: Bool
  /// Where the drawing starts.
  package var seed: UInt64

  /// A split from its parts.
  package init(share: Double, isStratified: Bool, seed: UInt64) {
    self.share = share
    self.isStratified = isStratified
    self.seed = seed
  }

  /// The same data with a validation part, which the training part loses. Where training and test
  /// are the same examples, there is no test left that nothing was learned from.
  ///
  /// - Throws: a failure where a part would be left without examples, where the data have a
  ///   validation part already, or where classes are asked for and there are none.
  package func split(_ dataset: Dataset) throws -> Dataset {
    if dataset.validation != nil {
      throw Failure(
        "holds a validation part already", path: dataset.name,
        help: "leave --validation out, or take the validation part away")
    }
    let chosen = try rows(of: dataset.training)
    var validates = [Bool](repeating: false, count: dataset.training.count)
    for row in chosen { validates[row] = true }
    func part(_ isValidation: Bool) throws -> Examples {
      try Examples(
        dataset.training, chosen: validates.indices.filter { validates[$0] == isValidation })
    }
    return Dataset(
      name: dataset.name, training: try part(false), validation: try part(true),
      test: dataset.hasOwnTest ? dataset.test : try part(true), hasOwnTest: dataset.hasOwnTest,
      split: self
    ).with(dataset.background)
  }

  /// The rows to validate on.
  private func rows(of examples: Examples) throws -> [Int] {
    let count = examples.count
    let wanted = Int((share * Double(count)).rounded())
    guard (1..<max(count, 1)).contains(wanted) else {
      throw Failure(
        "a validation share of \(shortest(share, digits: 6)) leaves no examples to "
          + "\(wanted == 0 ? "validate" : "train") on: there are \(count) in the training part",
        help: "give another --validation, or more examples")
    }
    var shuffle = Shuffle(count: count, seed: seed, purpose: .validation)
    shuffle.shuffle(epoch: 0)
    let shuffled = shuffle.rows.map(Int.init)
    guard isStratified else { return Array(shuffled.prefix(wanted)) }
    return try stratified(shuffled, of: examples, wanted: wanted)
  }

  /// Of each class of the first target of classes the first ones of `shuffled`: the whole number
  /// below its share, and one more of those classes that lose most by that, until there are `wanted`.
  /// A class of one example keeps it to train on.
  private func stratified(_ shuffled: [Int], of examples: Examples, wanted: Int) throws -> [Int] {
    let target = examples.targets.firstIndex {
      if case .classes(_, perExample: 1) = $0 { true } else { false }
    }
    guard let target else {
      throw Failure(
        "no target has one class for each example, and a stratified validation share goes by those",
        help: "leave --stratified out")
    }
    var byClass: [Int: [Int]] = [:]
    for row in shuffled {
      byClass[examples.targetClass(row, target: target), default: []].append(row)
    }
    let classes = byClass.keys.sorted()
    var counts: [Int: Int] = [:]
    var rests: [(rest: Double, label: Int)] = []
    for label in classes {
      let exact = share * Double(byClass[label]?.count ?? 0)
      counts[label] = Int(exact)
      rests.append((exact - exact.rounded(.down), label))
    }
    var missing = wanted - counts.values.reduce(0, +)
    for (_, label) in rests.sorted(by: { ($1.rest, $0.label) < ($0.rest, $1.label) })
    where missing > 0 && (byClass[label]?.count ?? 0) > (counts[label] ?? 0) + 1 {
      counts[label, default: 0] += 1
      missing -= 1
    }
    let rows = classes.flatMap { (byClass[$0] ?? []).prefix(counts[$0] ?? 0) }
    if rows.isEmpty {
      throw Failure(
        "a stratified validation share of \(shortest(share, digits: 6)) leaves no examples to "
          + "validate on: every class has one example",
        help: "leave --stratified out")
    }
    return rows
  }
}
