import IR
import Lowering
import Testing

/// Batch norms of numbers that are hard on float, in every plan.
@Suite struct BatchNormNumericsTests {
  /// A batch norm over an input of each rank, as the input's and another's result.
  static let shapes = ["[6]", "[4, 9]", "[3, 5, 7]", "[2, 3, 4, 5]", "[2, 33, 40]"]

  private static func text(_ shape: String, _ batch: Int = 17) -> String {
    """
    model far {
      input x: \(shape)
      target t: [1]
      y = x | batchnorm(momentum: 0) | relu | flatten | dense(1)
      loss linear_regression(y, t)
    }
    training {
      batch \(batch)
    }
    """
  }

  /// Every way in which a step can be planned, in float.
  static let plans: [PlanOptions] =
    Targets.runnable.map { .training(.float, target: $0) }
    + [.inspection(.float), .training(.float, fuses: false), .smallCache(.float)]

  /// Protects batch statistics from cancellation: where a mean is ten thousand deviations, the
  /// variance of each channel is right to 1e-4, in full batches and short ones, and the mean to the
  /// rounding of float.
  @Test(arguments: shapes)
  func farFromZero(_ shape: String) throws {
    let text = Self.text(shape)
    let model = try CompilerFixture.compile(text).model
    for (seed, (center, deviation)) in [(1e4, 1.0), (-3e2, 0.03), (5e8, 5e4)].enumerated() {
      for count in [17, 9, 2] {
        var sample = Sample(model, count: count, seed: UInt64(51 + seed))
        sample.inputs = sample.inputs.map { Double(Float(center + deviation * $0)) }
        for plan in Self.plans {
          let harness = try PluginHarness(CompilerFixture.plugin(text, plan), seed: 13)
          harness["batchnorm1.seen"] = [0]
          let naive = NaiveNetwork(model: model, tensors: harness.learned).movedState(sample)
          harness.poisonScratch()
          let found =
            plan.purpose == .inspection
            ? harness.gradient(sample) : harness.train(sample, rate: 0)
          #expect(found.status == 0)
          let what =
            "\(count) around \(center) in \(plan.target.name), \(plan.purpose), \(plan.fuses)"
          for (part, tolerance) in [("running_variance", 1e-4), ("running_mean", 0x1p-24)] {
            let name = "batchnorm1.\(part)"
            for (one, other) in zip(harness[name], naive[name] ?? []) {
              #expect(
                abs(one - other) <= tolerance * abs(other), "\(name), \(what): \(one) for \(other)")
            }
          }
        }
      }
    }
  }

  /// Protects channels of one and the same number: what is normalized is 0, so that results are
  /// beta, and all gradients are finite.
  @Test(arguments: shapes, ["variance", "deviation"])
  func constantChannels(_ shape: String, _ place: String) throws {
    let text = Self.text(shape).replacing("momentum: 0", with: "momentum: 0, eps_on: \(place)")
    let model = try CompilerFixture.compile(text).model
    for precision in [Precision.float, .double] {
      let harness = try PluginHarness(
        CompilerFixture.plugin(text, .inspection(precision)), seed: 14)
      let beta = harness["batchnorm1.beta"]
      let size = model.input.shape
      var sample = Sample(model, count: 17, seed: 15)
      for value in [0, 12345.678, 0.1, 1e-20, -3e9, 1e15] {
        sample.inputs = sample.inputs.indices.map { _ in Double(Float(value)) }
        let found = harness.gradient(sample)
        #expect(found.status == 0)
        let results = try harness.values("batchnorm1.output", count: 17)
        let expected = results.indices.map { beta[size.channel(of: $0)] }
        expectClose(results, expected, within: 1e-3, "\(precision), \(value)")
        for name in harness.parameterNames {
          #expect(try harness.gradient(of: name).allSatisfy(\.isFinite), "\(name), \(value)")
        }
        #expect(try harness.values("x.gradient", count: 17).allSatisfy(\.isFinite), "\(value)")
      }
    }
  }
}
