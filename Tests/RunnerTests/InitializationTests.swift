import Testing

@testable import Runner

/// The numbers that parameters start with.
@Suite struct InitializationTests {
  /// Protects a truncated normal distribution: its bound, and its variance, which follows from the
  /// normal density and probability; by both ways of drawing it.
  @Test(arguments: [(0.1, 0.2), (0.3, 0.1), (1, 1), (0.02, 2)])
  func truncatedNormal(_ deviation: Double, _ bound: Double) {
    var generator = RandomGenerator(seed: 5, purpose: .parameters, index: 0)
    let numbers = (0..<50_000).map { _ in
      generator.truncatedNormal(deviation: deviation, bound: bound)
    }
    #expect(numbers.allSatisfy { abs($0) <= bound })
    // The integral of the density times a power within the bound, by Simpson's rule.
    func moment(_ power: Int) -> Double {
      let reach = min(bound / deviation, 12)
      let h = 2 * reach / 1000
      return (0...1000).reduce(0) { sum, index in
        let z = -reach + Double(index) * h
        let weight: Double = index == 0 || index == 1000 ? 1 : index % 2 == 1 ? 4 : 2
        let density = exponential(-z * z / 2)
        return sum + weight * density * (power == 2 ? z * z : 1) * h / 3
      }
    }
    let variance = deviation * deviation * moment(2) / moment(0)
    let mean = numbers.reduce(0, +) / 50_000
    let found = numbers.reduce(0) { $0 + $1 * $1 } / 50_000
    // Five standard errors of each.
    #expect(abs(mean) < 5 * (variance / 50_000).squareRoot())
    #expect(abs(found / variance - 1) < 5 * (2.0 / 50_000).squareRoot())
  }

  /// e to a power, by its series: the formula above shares no function with what it tests.
  private func exponential(_ x: Double) -> Double {
    let part = x / 1024
    let series = 1 + part * (1 + part / 2 * (1 + part / 3 * (1 + part / 4)))
    return (0..<10).reduce(series) { value, _ in value * value }
  }

  /// Protects orthogonality: every product of two rows, or of two columns where there are fewer, is
  /// 0 or, of one with itself, 1.
  @Test(arguments: [(1, 1), (3, 7), (7, 3), (40, 40), (1, 9), (9, 1)])
  func orthogonal(_ rows: Int, _ columns: Int) {
    var generator = RandomGenerator(seed: 6, purpose: .parameters, index: 0)
    let matrix = orthogonalMatrix(rows: rows, columns: columns, generator: &generator)
    #expect(matrix.count == rows * columns)
    func number(_ row: Int, _ column: Int) -> Double { matrix[row * columns + column] }
    let count = min(rows, columns)
    for a in 0..<count {
      for b in 0...a {
        let product =
          rows > columns
          ? (0..<rows).reduce(0) { $0 + number($1, a) * number($1, b) }
          : (0..<columns).reduce(0) { $0 + number(a, $1) * number(b, $1) }
        #expect(abs(product - (a == b ? 1 : 0)) < 1e-12, "\(a), \(b)")
      }
    }
  }

  /// Protects that no direction is preferred: the mean of one place over many matrices is 0, its
  /// variance one over the length. A QR whose signs are left as they come fails at the diagonal.
  @Test func orthogonalIsUniform() {
    var sums = Array(repeating: 0.0, count: 9)
    var squares = sums
    for index in 0..<4000 {
      var generator = RandomGenerator(seed: 7, purpose: .parameters, index: UInt64(index))
      for (place, number) in orthogonalMatrix(rows: 3, columns: 3, generator: &generator)
        .enumerated()
      {
        sums[place] += number
        squares[place] += number * number
      }
    }
    for place in 0..<9 {
      #expect(abs(sums[place] / 4000) < 5 * (1.0 / 3 / 4000).squareRoot(), "\(place)")
      #expect(abs(squares[place] / 4000 - 1.0 / 3) < 0.03, "\(place)")
    }
  }
}
