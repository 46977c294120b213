import Foundation
import IR
import Lowering
import Testing
import Verification

@testable import Driver
@testable import Runner

/// Running statistics of all of a data set.
@Suite struct CalibrationTests {
  private static let text = """
    model calibrated {
      input x: [2, 5, 4]
      target label: class(3)
      a = x | batchnorm(affine: false) as first
      b = a | conv(3, kernel: 3) | batchnorm(affine: false, running_variance: unbiased) as second
      c = x | conv(3, kernel: 3, padding: 1) | relu | batchnorm(affine: false) as third | flatten
      d = c | dense(5) | tanh | batchnorm(affine: false, eps: 0.01) as fourth
      e = b | flatten | normalize as fifth
      logits = concat(d, e) | dense(3)
      loss softmax_cross_entropy(logits, label)
    }
    training {
      batch 16
    }
    """

  private static func network(batch: Int? = nil) throws -> PluginHarness {
    try PluginHarness(CompilerFixture.plugin(text, .inspection(.double), batch: batch), seed: 4)
  }

  private static func rounds() throws -> [[Calibration.Source]] {
    let model = try CompilerFixture.compile(text).model
    return model.statisticsRounds.map { round in
      round.map { statistics in
        Calibration.Source(
          layer: model.layers[statistics.layer].name,
          value: model.inspectedName(of: statistics.value),
          channels: statistics.channels,
          isUnbiased: statistics.convention.runningVariance == .unbiased)
      }
    }
  }

  /// Protects the order: no statistics are computed of a value that others, still old, are in.
  @Test func rounds() throws {
    #expect(
      try Self.rounds().map { $0.map(\.layer) } == [
        ["first", "third"], ["second", "fourth"], ["fifth"],
      ])
    #expect(
      try Self.rounds().joined().map(\.value) == [
        "x", "relu1.output", "conv1.output", "tanh1.output", "second.output",
      ])
  }

  /// Protects evaluation after a calibration: over all examples, the last batch of which is short, every
  /// batch norm's result has the mean 0 and the variance v / (v + eps), whatever comes before it.
  @Test func normalizesTheWholeSet() throws {
    let small = try Self.network()
    let model = try CompilerFixture.compile(Self.text).model
    let sample = Sample(model, count: 53, seed: 8)
    let examples = Examples(
      inputs: [try Tensor(shape: [53, 2, 5, 4], values: sample.inputs)],
      targets: [.none])
    let changes = try Calibration(small.network, rounds: Self.rounds()).run(over: examples)
    #expect(changes.map(\.layer) == ["first", "third", "second", "fourth", "fifth"])
    // As one batch of all.
    let large = try Self.network(batch: 53)
    for name in small.savedNames { large[name] = small[name] }
    #expect(large.gradient(sample, training: false).status == 0)
    for source in try Self.rounds().joined() {
      let values = try large.values("\(source.layer).output", count: 53)
      var moments = ChannelMoments(channels: source.channels)
      let size = values.count / 53 / source.channels
      moments.add(try Tensor(shape: [53, source.channels, size], values: values))
      let eps = source.layer == "fourth" ? 0.01 : 1e-5
      let running = large["\(source.layer).running_variance"]
      let factor = source.isUnbiased ? Double(53 * size - 1) / Double(53 * size) : 1
      expectClose(
        moments.means, running.map { _ in 0 }, within: 1e-12, floor: 1, "mean of \(source.layer)")
      expectClose(
        moments.variances(isUnbiased: false), running.map { $0 * factor / ($0 + eps) },
        within: 1e-12, "variance of \(source.layer)")
    }
  }

  /// Protects from statistics that are none: of one value a channel, and of what is not finite.
  @Test func refusals() throws {
    let harness = try Self.network()
    func failure(_ values: [Double]) throws -> String? {
      let examples = Examples(
        inputs: [try Tensor(shape: [values.count / 40, 2, 5, 4], values: values)],
        targets: [.none])
      return #expect(throws: (any Error).self) {
        _ = try Calibration(harness.network, rounds: Self.rounds()).run(over: examples)
      }.map { "\($0)" }
    }
    let one = Array(repeating: 1.0, count: 40)
    #expect(try failure(one)?.contains("'fourth' has one value a channel") == true)
    #expect(
      try failure(one.map { $0 * .infinity })?.contains("'first' is not finite in channel 0")
        == true)
  }
}
