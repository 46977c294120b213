import Lowering
import Testing

@testable import Runner

/// Documents 002 and 003: pure_batch_norm over A and B, by the deviation plus eps and by the root
/// of the variance plus eps.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct PureBatchNormTests {
  private let a: [[Double]] = [[1, 7], [5, 4], [6, 10]]
  /// Both documents list 17 values for the 16 places of B and drop the last one, a 6.
  private let b: [[Double]] = [[1, 6, 5, 7, 4, 3, 2, 5], [6, 3, 2, 4, 5, 3, 2, 5]]

  /// Half a unit of the last digit, and a float's rounding, which the documents' figures have.
  private let tolerance = 2e-7

  /// Protects document 002's convention, `std + eps`.
  @Test(arguments: precisions)
  func plusEpsOnTheDeviation(precision: Precision, rounding: Double) throws {
    let change = (old: "eps: 1e-5", new: "eps: 1e-5, eps_on: deviation")
    let first = try SeedNetwork(exampleModel("pure_batch_norm_a", change), precision).step(a)
    expect(
      first.output.tensor.values,
      near: [-1.3887237, 0, 0.4629079, -1.2247398, 0.9258158, 1.2247398],
      within: tolerance + rounding)
    let second = try SeedNetwork(exampleModel("pure_batch_norm_b", change), precision).step(b)
    expect(
      second.output.tensor.values,
      near: [
        -1.6378378, 0.88191265, 0.37796256, 1.3858627, 0.30779096, -0.51298493, -1.3337609,
        1.1285669, 0.88191265, -0.6299376, -1.1338876, -0.12598751, 1.1285669, -0.51298493,
        -1.3337609, 1.1285669,
      ], within: tolerance + rounding)
  }

  /// Protects document 003's convention, `sqrt(variance + eps)`, which is the language's own.
  @Test(arguments: precisions)
  func plusEpsOnTheVariance(precision: Precision, rounding: Double) throws {
    let first = try SeedNetwork(exampleModel("pure_batch_norm_a"), precision).step(a)
    expect(
      first.output.tensor.values,
      near: [-1.38872862, 0, 0.46290955, -1.22474384, 0.9258191, 1.22474384],
      within: tolerance + rounding)
    let second = try SeedNetwork(exampleModel("pure_batch_norm_b"), precision).step(b)
    expect(
      second.output.tensor.values,
      near: [
        -1.63784397, 0.88191599, 0.37796399, 1.38586795, 0.30779248, -0.51298743, -1.33376741,
        1.12857234, 0.88191599, -0.62993997, -1.13389194, -0.12598799, 1.12857234, -0.51298743,
        -1.33376741, 1.12857234,
      ], within: tolerance + rounding)
  }

  /// Protects the statistics of the notebook's batch_norm: they start at the first batch's values,
  /// then keep nine tenths of the old; evaluation uses them and, unlike the notebook's, leaves
  /// them.
  @Test func theRunningStatistics() throws {
    let network = try SeedNetwork(exampleModel("pure_batch_norm_a"))
    func statistics() throws -> [Double] {
      try network.get("batchnorm1.running_mean") + network.get("batchnorm1.running_variance")
    }
    _ = try network.step(a)
    let first: [Double] = [4, 7, 14.0 / 3, 6]
    expect(try statistics(), near: first, within: 1e-12)
    // Four times as large and 1 more: means 17 and 29, variances 16 times as large.
    _ = try network.step(a.map { $0.map { 4 * $0 + 1 } })
    let moved = zip(first, [17, 29, 16 * 14.0 / 3, 96]).map { 0.9 * $0 + 0.1 * $1 }
    expect(try statistics(), near: moved, within: 1e-12)
    let step = try network.step(a, mode: .evaluate)
    expect(try statistics(), near: moved, within: 1e-12)
    let expected = a.flatMap { row in
      (0..<2).map { (row[$0] - moved[$0]) / (moved[2 + $0] + 1e-5).squareRoot() }
    }
    expect(step.output.tensor.values, near: expected, within: 1e-12)
  }

  /// Protects the channels of an image: gamma scales a channel. Document 002's own four-dimensional
  /// `gamma * X_hat` would scale the width, since numpy matches axes from the last one.
  @Test func gammaScalesChannels() throws {
    let network = try SeedNetwork(exampleModel("pure_batch_norm_b"))
    let plain = try network.step(b).output.tensor.values
    try network.set("batchnorm1.gamma", [2, 3])
    let scaled = try network.step(b).output.tensor.values
    for index in scaled.indices {
      let gamma: Double = index / 4 % 2 == 0 ? 2 : 3
      #expect(abs(scaled[index] - gamma * plain[index]) < 1e-12)
    }
  }
}
