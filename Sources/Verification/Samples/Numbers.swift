/// The same random numbers in every run (SplitMix64), so that a failure can be looked into. All are
/// numbers that a float holds too: both precisions start alike.
package struct Numbers: Sendable {
  private var state: UInt64

  package init(_ seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Between 0 and 1.
  package mutating func uniform() -> Double { Double(next() >> 40) / Double(1 << 24) }

  /// Near normal: mean 0 and variance 1, from twelve uniform numbers.
  package mutating func normals(_ count: Int, mean: Double = 0, deviation: Double = 1) -> [Double] {
    (0..<count).map { _ in
      let sum = (0..<12).reduce(-6.0) { sum, _ in sum + uniform() }
      return Double(Float(mean + deviation * sum))
    }
  }

  /// Between `low` and `high`.
  package mutating func uniforms(_ count: Int, _ low: Double, _ high: Double) -> [Double] {
    (0..<count).map { _ in Double(Float(low + (high - low) * uniform())) }
  }
}
