import IR

/// Some examples, as a test makes them up.
struct Sample: Sendable {
  /// Rows of one example each, canonical order.
  var inputs: [Double]
  /// One class per example, where the target is classes.
  var labels: [Int32]
  /// Rows of real values, where it is those.
  var values: [Double]
  var count: Int

  /// `count` examples for `model`, drawn from `seed`.
  init(_ model: Model, count: Int, seed: UInt64) {
    var numbers = Numbers(seed)
    self.count = count
    inputs = numbers.normals(count * model.input.shape.elementCount)
    switch model.target.kind {
    case .classes(let classes, let positions):
      labels = (0..<count * positions.reduce(1, *)).map { _ in
        Int32(numbers.next() % UInt64(classes))
      }
      values = []
    case .values(let shape):
      labels = []
      values = numbers.uniforms(count * shape.elementCount, 0, 1)
    }
  }

  /// Examples of classes.
  init(inputs: [Double], labels: [Int32]) {
    self.inputs = inputs
    self.labels = labels
    values = []
    count = labels.count
  }

  /// The first `count` examples.
  func prefix(_ count: Int) -> Sample {
    var part = self
    part.inputs = Array(inputs.prefix(inputs.count / self.count * count))
    part.labels = Array(labels.prefix(labels.count / self.count * count))
    part.values = Array(values.prefix(values.count / self.count * count))
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
