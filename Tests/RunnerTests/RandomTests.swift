import Testing

@testable import Runner

struct RandomTests {
  /// Protects reproducible runs: the order of an epoch follows from seed and epoch for good.
  @Test func shufflesAsPinned() {
    var shuffle = Shuffle(count: 10, seed: 1)
    shuffle.shuffle(epoch: 3)
    let third = shuffle.rows
    #expect(third == [9, 6, 8, 1, 3, 0, 2, 5, 7, 4])
    shuffle.shuffle(epoch: 0)
    #expect(shuffle.rows != third)
    #expect(shuffle.rows.sorted() == Array(0..<10))
    shuffle.shuffle(epoch: 3)
    #expect(shuffle.rows == third)
  }

  /// Protects the distributions: mean and deviation of normal numbers, bounds of uniform ones.
  @Test func drawsTheDistributions() {
    var generator = RandomGenerator(seed: 3, purpose: .parameters, index: 0)
    let normal = (0..<20_000).map { _ in generator.normal() }
    let mean = normal.reduce(0, +) / 20_000
    let variance = normal.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(abs(mean) < 0.03)
    #expect(abs(variance - 1) < 0.04)
    let uniform = (0..<1000).map { _ in generator.uniform(-2, 3) }
    #expect(uniform.allSatisfy { (-2..<3).contains($0) })
    #expect(abs(uniform.reduce(0, +) / 1000 - 0.5) < 0.2)
    var counts = [0, 0, 0]
    for _ in 0..<3000 { counts[Int(generator.below(3))] += 1 }
    #expect(counts.allSatisfy { (900...1100).contains($0) })
  }
}
