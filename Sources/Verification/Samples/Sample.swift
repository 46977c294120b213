import IR

/// Some examples, made up to check a network with.
package struct Sample: Sendable {
  /// Of each input rows of one example each, canonical order.
  package var allInputs: [[Double]]
  /// Of each target; empty where none is given.
  package var allTargets: [TargetRows]
  package var count: Int

  /// What the examples are to come to.
  package enum TargetRows: Hashable, Sendable {
    /// One class per example, or of each of its positions.
    case labels([Int32])
    /// Rows of real values.
    case values([Double])

    /// Its numbers.
    package var numbers: [Double] {
      switch self {
      case .labels(let labels): labels.map(Double.init)
      case .values(let values): values
      }
    }
  }

  /// The first input.
  package var inputs: [Double] {
    get { allInputs[0] }
    set { allInputs[0] = newValue }
  }

  /// The first target, where it is classes.
  package var labels: [Int32] {
    get { if case .labels(let labels) = allTargets[0] { labels } else { [] } }
    set { allTargets[0] = .labels(newValue) }
  }

  /// The first target, where it is real values.
  package var values: [Double] {
    get { if case .values(let values) = allTargets[0] { values } else { [] } }
    set { allTargets[0] = .values(newValue) }
  }

  /// `count` examples for `model`, drawn from `seed`.
  package init(_ model: Model, count: Int, seed: UInt64) {
    var numbers = Numbers(seed)
    self.count = count
    allInputs = model.inputs.map { numbers.normals(count * $0.shape.elementCount) }
    allTargets = model.targets.map { target in
      switch target.kind {
      case .classes(let classes, let positions):
        .labels(
          (0..<count * positions.reduce(1, *)).map { _ in
            Int32(numbers.next() % UInt64(classes))
          })
      case .values(let shape): .values(numbers.uniforms(count * shape.elementCount, 0, 1))
      }
    }
  }

  /// Examples of classes.
  package init(inputs: [Double], labels: [Int32]) {
    allInputs = [inputs]
    allTargets = [.labels(labels)]
    count = labels.count
  }

  /// The first `count` examples.
  package func prefix(_ count: Int) -> Sample {
    var part = self
    func first<Number>(_ rows: [Number]) -> [Number] {
      Array(rows.prefix(rows.count / self.count * count))
    }
    part.allInputs = allInputs.map(first)
    part.allTargets = allTargets.map { target in
      switch target {
      case .labels(let labels): .labels(first(labels))
      case .values(let values): .values(first(values))
      }
    }
    part.count = count
    return part
  }
}
