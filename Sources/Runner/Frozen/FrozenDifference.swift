import Diagnostics
import Glibc

/// How far a frozen network's outputs are from those of training's evaluation.
package struct FrozenDifference: Hashable, Sendable {
  /// Of all outputs of all examples.
  package let largest, mean: Double
  /// The largest output, without its sign: what a difference is to be compared with.
  package let scale: Double
  /// Examples' positions that are taken for other classes, and how many there are; 0 where the network
  /// tells no classes apart.
  package let changed, answers: Int
  package let examples: Int
}

/// What a frozen network takes and makes, where it is run beside the network that it is of.
package struct FrozenForm: Hashable, Sendable {
  /// What is made of an output.
  package enum Made: Hashable, Sendable { case nothing, softmax, sigmoid }

  /// Examples a call.
  package let batch: Int
  /// Whether it takes bytes, and not floats.
  package let takesBytes: Bool
  /// Of each output.
  package let made: [Made]

  package init(batch: Int, takesBytes: Bool, made: [Made]) {
    self.batch = batch
    self.takesBytes = takesBytes
    self.made = made
  }
}

extension Network {
  /// The numbers of a parameter or a statistic, in canonical order.
  ///
  /// - Throws: a failure where the network has no such tensor, or where its batch norms have no
  ///   statistics.
  package func values(of name: String) throws -> [Double] {
    let tensors = plugin.description.savedTensors
    guard let tensor = tensors.first(where: { $0.name == name }) else {
      throw Failure("model '\(plugin.description.modelName)' has no tensor '\(name)'")
    }
    let seen = tensors.first { $0.layer == tensor.layer && $0.role == .seen }
    if let seen, try regions.tensor(seen)[0] == 0 { throw neverTrained }
    return try regions.tensor(tensor).values
  }

  /// Runs `frozen` beside this network's evaluation.
  package func difference(
    of frozen: FrozenLibrary, _ form: FrozenForm, over examples: Examples
  ) throws -> FrozenDifference {
    let description = plugin.description
    let own = try Evaluator(self).outputs(of: examples)
    let made = try FrozenRun(frozen, form, description).outputs(of: examples)
    var (largest, sum, count, scale) = (0.0, 0.0, 0, 0.0)
    var wanted: [[Double]] = []
    for index in own.indices {
      let positions = description.outputs[index].shape.dropFirst().reduce(1, *)
      let numbers = form.made[index].applied(
        to: own[index].values, of: description.outputs[index].count, positions: positions)
      wanted.append(numbers)
      for (a, b) in zip(numbers, made[index]) {
        let difference = abs(a - Double(b))
        // A number that is none is as far away as can be, unless both are.
        largest = max(largest, difference.isNaN ? (a.isNaN && b.isNaN ? 0 : .infinity) : difference)
        sum += difference.isNaN ? 0 : difference
        scale = max(scale, abs(a))
      }
      count += numbers.count
    }
    var (changed, answers) = (0, 0)
    for judgement in description.judgements
    where description.targets[judgement.target].classes != nil {
      let output = judgement.output
      let probability = form.made[output] == .sigmoid ? 0.5 : judgement.threshold
      let size = description.outputs[output].count
      let positions = description.targets[judgement.target].count
      for place in 0..<examples.count * positions {
        let start = place / positions * size + place % positions
        func answer(_ number: (Int) -> Double) -> Int {
          if size == positions { return number(start) > probability ? 1 : 0 }
          return (0..<size / positions).max {
            number(start + $0 * positions) < number(start + $1 * positions)
          } ?? 0
        }
        answers += 1
        if answer({ wanted[output][$0] }) != answer({ Double(made[output][$0]) }) { changed += 1 }
      }
    }
    return FrozenDifference(
      largest: largest, mean: sum / Double(max(count, 1)), scale: scale, changed: changed,
      answers: answers, examples: examples.count)
  }
}

extension FrozenForm.Made {
  /// What it makes of the outputs of examples, each `size` numbers for `positions` positions.
  fileprivate func applied(to numbers: [Double], of size: Int, positions: Int) -> [Double] {
    switch self {
    case .nothing: return numbers
    case .sigmoid: return numbers.map { 1 / (1 + exp(-$0)) }
    case .softmax:
      var made = numbers
      for start in stride(from: 0, to: numbers.count, by: size) {
        for position in 0..<positions {
          let places = stride(from: start + position, to: start + size, by: positions)
          let most = places.reduce(-Double.infinity) { max($0, numbers[$1]) }
          let sum = places.reduce(0) { $0 + exp(numbers[$1] - most) }
          for place in places { made[place] = exp(numbers[place] - most) / sum }
        }
      }
      return made
    }
  }
}
