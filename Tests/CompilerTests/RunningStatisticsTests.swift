import IR
import Lowering
import Testing
import Verification

@Suite struct RunningStatisticsTests {
  private static let text = """
    model conventions {
      input x: [2, 3, 3]
      target label: class(3)
      y = x
        | batchnorm | batchnorm(momentum: 0.25, start: standard)
        | batchnorm(running_variance: unbiased) | batchnorm(running_variance: unbiased, start: standard)
        | batchnorm(like: mxnet) | batchnorm(like: gluon) | batchnorm(like: pytorch)
        | batchnorm(like: keras) | batchnorm(like: onnx) | batchnorm(momentum: 0)
        | batchnorm(momentum: 1) | normalize(eps_on: deviation, momentum: 0.5)
        | flatten | batchnorm(running_variance: unbiased) | batchnorm | normalize(start: standard)
      logits = y | dense(3)
      loss softmax_cross_entropy(logits, label)
    }
    training {
      batch 6
    }
    """

  /// Protects each convention of the running statistics over three steps from a start that must not
  /// shine through where the first batch is the start; the last batch is of one example, of which a
  /// vector has no variance.
  @Test(arguments: Targets.runnable, [true, false])
  func threeSteps(_ target: TargetMachine, _ fuses: Bool) throws {
    let model = try CompilerFixture.compile(Self.text).model
    let harness = try PluginHarness(
      CompilerFixture.plugin(Self.text, .training(.double, target: target, fuses: fuses)), seed: 13)
    for name in harness.savedNames where name.hasSuffix(".seen") { harness[name] = [0] }
    for (step, count) in [6, 4, 1].enumerated() {
      let sample = Sample(model, count: count, seed: UInt64(14 + step))
      let naive = NaiveNetwork(model: model, tensors: harness.learned)
      #expect(harness.train(sample, rate: 0.1).status == 0)
      let expected = naive.movedState(sample)
      #expect(Set(expected.keys) == Set(harness.savedNames).subtracting(harness.parameterNames))
      for (name, values) in expected {
        expectClose(harness[name], values, within: 1e-10, "\(name) after step \(step)")
      }
    }
  }

  /// Protects the statistics of numbers far from 0: a variance of 1 around a mean of 10000 keeps
  /// four digits in float, where the mean of squares less the square of the mean would keep none.
  @Test(arguments: Targets.runnable) func largeMean(_ target: TargetMachine) throws {
    let model = try CompilerFixture.compile(Self.text).model
    var sample = Sample(model, count: 6, seed: 17)
    sample.inputs = sample.inputs.map { Double(Float(10_000 + $0)) }
    for fuses in [true, false] {
      let harness = try PluginHarness(
        CompilerFixture.plugin(Self.text, .training(.float, target: target, fuses: fuses)), seed: 13
      )
      harness["batchnorm1.seen"] = [0]
      let naive = NaiveNetwork(model: model, tensors: harness.learned)
      #expect(harness.train(sample, rate: 0).status == 0)
      expectClose(
        harness["batchnorm1.running_variance"],
        naive.movedState(sample)["batchnorm1.running_variance"] ?? [], within: 1e-4, "variance")
    }
  }
}
