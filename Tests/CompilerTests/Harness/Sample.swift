import IR

/// Some examples, as a test makes them up.
struct Sample: Sendable {
  /// Of each input rows of one example each, canonical order.
  var allInputs: [[Double]]
  /// Of each target; empty where none is given.
  var allTargets: [TargetRows]
  var count: Int

  /// What the examples are to come to.
  enum TargetRows: Hashable, Sendable {
    /// One class per example, or of each of its positions.
    case labels([Int32])
    /// Rows of real values.
    case values([Double])

    /// Its numbers.
    var numbers: [Double] {
      switch self {
      case .labels(let labels): labels.map(Double.init)
      case .values(let values): values
      }
    }
  }

  /// The first input.
  var inputs: [Double] {
    get { allInputs[0] }
    set { allInputs[0] = newValue }
  }

  /// The first target, where it is classes.
  var labels: [Int32] {
    get { if case .labels(let labels) = allTargets[0] { labels } else { [] } }
    set { allTargets[0] = .labels(newValue) }
  }

  /// The first target, where it is real values.
  var values: [Double] {
    get { if case .values(let values) = allTargets[0] { values } else { [] } }
    set { allTargets[0] = .values(newValue) }
  }

  /// `count` examples for `model`, drawn from `seed`.
  init(_ model: Model, count: Int, seed: UInt64) {
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
  init(inputs: [Double], labels: [Int32]) {
    allInputs = [inputs]
    allTargets = [.labels(labels)]
    count = labels.count
  }

  /// The first `count` examples.
  func prefix(_ count: Int) -> Sample {
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

/// The same random numbers in every run (SplitMix64), so that a failure can be looked into. All are
/// numbers that a float holds too: both precisions start alike.
struct Numbers: Sendable {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Between 0 and 1.
  mutating func uniform() -> Double { Double(next() >> 40) / Double(1 << 24) }

  /// Near normal: mean 0 and variance 1, from twelve uniform numbers.
  mutating func normals(_ count: Int, mean: Double = 0, deviation: Double = 1) -> [Double] {
    (0..<count).map { _ in
      let sum = (0..<12).reduce(-6.0) { sum, _ in sum + uniform() }
      return Double(Float(mean + deviation * sum))
    }
  }

  /// Between `low` and `high`.
  mutating func uniforms(_ count: Int, _ low: Double, _ high: Double) -> [Double] {
    (0..<count).map { _ in Double(Float(low + (high - low) * uniform())) }
  }
}
