import Glibc

/// xoshiro256**, seeded by SplitMix64: the same numbers on every machine, and a stream of its own
/// for each purpose, so that one does not depend on how much another took.
package struct RandomGenerator: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)
  private var spareNormal: Double?

  /// What a stream is for: the same seed gives each of them other numbers.
  package enum Purpose: UInt64, Sendable {
    case parameters = 1, shuffle = 2, digits = 3, points = 4, validation = 11, sweep = 12,
      background = 13
  }

  /// Stream `index` of those for `purpose`.
  package init(seed: UInt64, purpose: Purpose, index: UInt64) {
    var mixer = seed
    mixer = splitMix(&mixer) ^ purpose.rawValue
    mixer = splitMix(&mixer) ^ index
    state = (splitMix(&mixer), splitMix(&mixer), splitMix(&mixer), splitMix(&mixer))
  }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    let result = rotated(state.1 &* 5, by: 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotated(state.3, by: 45)
    return result
  }

  /// A number from 0 up to, but not including, 1.
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number from `lower` up to `upper`.
  package mutating func uniform(_ lower: Double, _ upper: Double) -> Double {
    lower + (upper - lower) * uniform()
  }

  /// A whole number below `bound`, all equally likely.
  package mutating func below(_ bound: UInt64) -> UInt64 {
    while true {
      let product = next().multipliedFullWidth(by: bound)
      // Of the 2^64 values a few at the low end would make some results more likely.
      if product.low >= (0 &- bound) % bound { return product.high }
    }
  }

  /// A number of the standard normal distribution, by Marsaglia's polar method.
  package mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    while true {
      let x = uniform(-1, 1)
      let y = uniform(-1, 1)
      let square = x * x + y * y
      if square >= 1 || square == 0 { continue }
      let factor = (-2 * log(square) / square).squareRoot()
      spareNormal = y * factor
      return x * factor
    }
  }

  /// A number of the normal distribution of mean 0 and this deviation, those left out that are
  /// further from 0 than `bound`.
  package mutating func truncatedNormal(deviation: Double, bound: Double) -> Double {
    guard deviation > 0, bound > 0 else { return 0 }
    while true {
      if bound >= deviation {
        let number = deviation * normal()
        if abs(number) <= bound { return number }
      } else {
        // Few normal numbers would be left: uniform ones, by how likely they are.
        let number = uniform(-bound, bound)
        let distance = number / deviation
        if uniform() < exp(-distance * distance / 2) { return number }
      }
    }
  }

  /// A number close to normal, of mean 0 and deviation 1: a sum of four uniform ones. Without a
  /// logarithm, whose last bit differs from one C library to the next.
  package mutating func bellShaped() -> Double {
    let sum = uniform(-1, 1) + uniform(-1, 1) + uniform(-1, 1) + uniform(-1, 1)
    return sum * 0.75.squareRoot()
  }
}

private func rotated(_ word: UInt64, by count: UInt64) -> UInt64 {
  word << count | word >> (64 - count)
}

private func splitMix(_ state: inout UInt64) -> UInt64 {
  state &+= 0x9E37_79B9_7F4A_7C15
  var mixed = state
  mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
  mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
  return mixed ^ mixed >> 31
}
