import IR

/// A network computed straight from its operations' formulas, one number after the other, in
/// double: what the generated C is held against. It shares nothing with the compiler but the
/// checked model.
package struct NaiveNetwork {
  package let model: Model
  /// Parameters and running statistics by name.
  package var tensors: [String: [Double]]
  /// How far each number that is read is moved at random, relative to itself: what this changes is
  /// what rounding may change.
  package var disturbance = 0.0

  /// A network with these parameters and running statistics.
  package init(model: Model, tensors: [String: [Double]]) {
    self.model = model
    self.tensors = tensors
  }

  /// Every value of the forward pass of the first step of a training of seed 1, [count][elements]
  /// each.
  package func values(_ sample: Sample, training: Bool) -> ValueTable<[Double]> {
    var numbers = Numbers(99)
    var values = ValueTable(of: model) { _ in [Double]() }
    for (index, input) in sample.allInputs.enumerated() {
      values[.input(index)] = disturbed(input, &numbers)
    }
    for (index, layer) in model.layers.enumerated() {
      let owned = (model.parameters(of: index) + model.state(of: index)).map(\.role)
      let own = owned.compactMap { role in
        tensors["\(layer.name).\(role.rawValue)"].map { (role, disturbed($0, &numbers)) }
      }
      let result = layer.op.base.reference(
        ReferenceInputs(
          operands: layer.operands.map { values[$0] },
          shapes: model.operandShapes(of: layer), result: layer.shape, count: sample.count,
          tensors: Dictionary(uniqueKeysWithValues: own), isTraining: training,
          draw: RandomDraw(seed: 1, step: 1, layer: index)))
      values[.result(of: index)] = disturbed(result, &numbers)
    }
    return values
  }

  private func disturbed(_ values: [Double], _ numbers: inout Numbers) -> [Double] {
    guard disturbance > 0 else { return values }
    return values.map { $0 * (1 + disturbance * (2 * numbers.uniform() - 1)) }
  }

  /// The losses of the examples, added up; of what the loss's operand is a function of, where the
  /// loss says that the operand itself has not the digits.
  package func loss(_ sample: Sample, training: Bool) -> Double {
    loss(sample, values(sample, training: training), training: training)
  }

  /// The same from the values of the forward pass.
  package func loss(_ sample: Sample, _ values: ValueTable<[Double]>, training: Bool) -> Double {
    let isMean = model.reduction == .mean
    return losses(sample, values, training: training)
      .reduce(penalty * (isMean ? Double(sample.count) : 1), +)
  }

  /// What each loss adds, weighted.
  package func losses(_ sample: Sample, _ values: ValueTable<[Double]>, training: Bool) -> [Double]
  {
    let allTargets = model.targets.indices.map {
      training ? movedTarget($0, sample) : sample.allTargets[$0].numbers
    }
    return model.losses.map { one in
      var (loss, operand) = (one.function.base, one.operand)
      if let layer = operand.layer.map({ model.layers[$0] }),
        let function = layer.op.base.activation,
        let whole = loss.absorbing(function)
      {
        (loss, operand) = (whole, layer.operands[0])
      }
      let x = values[operand]
      let outputs = x.count / sample.count
      let targets = allTargets[one.target]
      let width = targets.count / sample.count
      let sum = (0..<sample.count).reduce(0) { sum, n in
        sum
          + loss.reference(
            Array(x[n * outputs..<(n + 1) * outputs]), Array(targets[n * width..<(n + 1) * width]))
      }
      let share = loss.classWeights?.share(of: targets.map { Int($0) })
      return one.weight * sum * (one.reduction == .mean ? share ?? 1 : 1)
    }
  }

  /// The size of the numbers that the losses are differences of: of each example the largest that a loss
  /// is computed from, and at least 1, which a softmax's sum begins with.
  package func lossTerms(_ sample: Sample, _ values: ValueTable<[Double]>) -> Double {
    model.losses.reduce(0) { sum, one in
      let x = values[one.operand]
      let outputs = x.count / sample.count
      return (0..<sample.count).reduce(sum) { sum, n in
        sum + abs(one.weight) * max(1, largest([Array(x[n * outputs..<(n + 1) * outputs])]))
      }
    }
  }

  /// A target as training moves it. What comes in from outside is where a picture of ones, moved alike,
  /// has become 0: of classes the one that no loss counts, or the first.
  package func movedTarget(_ index: Int, _ sample: Sample) -> [Double] {
    let numbers = sample.allTargets[index].numbers
    guard let shape = model.targets[index].image else { return numbers }
    func moved(_ numbers: [Double]) -> [Double] {
      model.targets[index].moves.reduce(numbers) { numbers, move in
        move.base.reference(
          ReferenceInputs(
            operands: [numbers], shapes: [shape], result: shape, count: sample.count, tensors: [:],
            isTraining: true, draw: RandomDraw(seed: 1, step: 1, layer: 0)))
      }
    }
    guard model.targets[index].kind.classCount > 0 else { return moved(numbers) }
    let ignored = Set(model.losses.filter { $0.target == index }.map { $0.classWeights?.ignored })
    let outside = ignored.count == 1 ? ignored.first.flatMap(\.self) ?? 0 : 0
    return zip(moved(numbers), moved(numbers.map { _ in 1 })).map { label, isInside in
      isInside == 1 ? label : Double(outside)
    }
  }

  /// What the loss adds for parameters.
  private var penalty: Double {
    model.layers.indices.reduce(0) { sum, index in
      model.parameters(of: index).map(\.role).reduce(sum) { sum, role in
        let numbers = tensors["\(model.layers[index].name).\(role.rawValue)"] ?? []
        return model.penalties(on: role, of: index).reduce(sum) { sum, penalty in
          numbers.reduce(sum) { $0 + penalty.cost.value(["p": $1]) }
        }
      }
    }
  }

  /// The running statistics of every batch norm after a step over `sample`.
  package func movedState(_ sample: Sample) -> [String: [Double]] {
    let values = values(sample, training: true)
    var moved: [String: [Double]] = [:]
    for layer in model.layers {
      guard let convention = layer.op.normalization else { continue }
      let x = values[layer.operands[0]]
      func name(_ role: String) -> String { "\(layer.name).\(role)" }
      let seen = tensors[name("seen")]
      guard convention.statistics == .batch else {
        for role in ["running_mean", "running_variance", "seen"] {
          moved[name(role)] = tensors[name(role)]
        }
        continue
      }
      let (mean, variance) = naiveMove(
        convention, x, of: layer.shape, seen: seen?[0] ?? 1,
        mean: tensors[name("running_mean")] ?? [],
        variance: tensors[name("running_variance")] ?? [])
      moved[name("running_mean")] = mean
      moved[name("running_variance")] = variance
      if seen != nil { moved[name("seen")] = [1] }
    }
    return moved
  }
}
