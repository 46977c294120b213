import IR
import Lowering
import Testing
import Verification

@Suite struct SoftmaxTests {
  /// Protects results where an exponential would overflow or every one would be 0: what is finite
  /// in exact arithmetic is finite and right in float, the logarithms of probabilities that are
  /// rounded to 0 too.
  @Test(arguments: ["softmax", "log_softmax"])
  func neverOverflows(_ word: String) throws {
    let text = """
      model stable {
        input x: [4]
        target t: [4]
        y = x | \(word)
        loss linear_regression(y, t)
      }
      training {
        batch 3
      }
      """
    let rows: [Double] = [1e30, 1e30, -1e30, 0, -900, -901, -902, -903, 88, 89, 90, -200]
    let model = try CompilerFixture.compile(text).model
    var sample = Sample(model, count: 3, seed: 1)
    sample.inputs = rows
    let naive = NaiveNetwork(model: model, tensors: [:]).values(sample, training: true)[
      .result(of: 0)]
    for plan in [PlanOptions.training(.float), .training(.double)] {
      let found = try PluginHarness(CompilerFixture.plugin(text, plan)).evaluate(sample).outputs
      #expect(found.allSatisfy { $0.isFinite })
      for (one, other) in zip(found, naive) {
        #expect(abs(one - other) <= 1e-6 * max(1, abs(other)), "\(found) for \(naive)")
      }
    }
  }
}
