import Testing

@testable import Runner

struct ExampleMomentsTests {
  /// Protects the numbers that inputs are normalized by: the same as by their definition, of bytes and
  /// of floats, of a part of the examples alone, and far from 0 too.
  @Test(arguments: [(UInt64(1), 0.0), (2, 1e5)]) func areThoseOfTheDefinition(
    seed: UInt64, offset: Double
  ) throws {
    var generator = RandomGenerator(seed: seed, purpose: .points, index: 0)
    let shape = [7, 3, 2, 5]
    let count = shape.reduce(1, *)
    let bytes = try AlignedMemory(byteCount: count)
    for index in 0..<count { bytes.bytes[index] = UInt8(generator.below(200)) }
    let reals = try Tensor(
      shape: shape, values: (0..<count).map { _ in offset + generator.normal() }, as: .float32)
    for tensor in [Tensor(shape: shape, type: .uint8, memory: bytes), reals] {
      let whole = Examples(inputs: tensor, targets: .none)
      for (examples, rows) in [
        (whole, Array(0..<7)), (try Examples(whole, chosen: [5, 2, 3]), [5, 2, 3]),
      ] {
        let moments = examples.moments(of: tensor, channels: 3, scale: -0.5)
        for channel in 0..<3 {
          let own = rows.flatMap { row in
            (0..<10).map { -0.5 * tensor[(row * 3 + channel) * 10 + $0] }
          }
          let mean = own.reduce(0, +) / Double(own.count)
          let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count)
          #expect(abs(moments.means[channel] - mean) <= 1e-12 * max(1, offset))
          #expect(abs(moments.deviations[channel] - variance.squareRoot()) <= 1e-9)
          #expect(moments.ranges[channel] == own.min()!...own.max()!)
        }
      }
    }
  }
}
