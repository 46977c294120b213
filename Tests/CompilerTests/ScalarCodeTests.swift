import IR
import Lowering
import Operators
import Testing
import Verification

/// Scalar expressions as C over vectors, over numbers of type real and over doubles, against their
/// own evaluation.
@Suite struct ScalarCodeTests {
  /// A sum of every function of one number, each with a factor of its own, so that none can stand
  /// in for another. Roots and logarithms get what they are defined for.
  private static func mixed(_ x: ScalarExpression) -> ScalarExpression {
    ScalarExpression.Unary.allCases.enumerated().reduce(.min(x, 2) + .max(x, -1)) { sum, next in
      let isPositive = next.element == .sqrt || next.element == .log
      return sum
        + .constant(1 / Double(next.offset + 3))
        * .unary(next.element, isPositive ? 1 + x * x : x + 0.25)
    }
  }

  private static let library: Library = {
    var library = Library.standard
    library.operations.append(.elementwise("mixed", "every function") { mixed($0) })
    library.optimizers.append(
      Definition("mixing", "every function") { _ in
        let rate = ScalarExpression.variable("learning_rate")
        return Optimizer(
          "mixing",
          hyperparameters: [.init("learning_rate", .real("lr", default: 0.1, "the step"), 0.1)],
          scalars: [
            .init("scale", mixed(Optimizer.step - 2.5) + .power(Optimizer.step, 1.5))
          ],
          updates: [
            .init(
              "p",
              Optimizer.parameter - rate * (.variable("scale") * mixed(Optimizer.gradient)))
          ])
      })
    return library
  }()

  /// Protects what activations are printed as: vectors, in training and in inference.
  @Test func vectors() throws {
    let text = Case("vectors", input: "[11]", batch: 5, "y = x | mixed").text
    let model = try CompilerFixture.compile(text, library: Self.library).model
    let harness = try PluginHarness(
      CompilerFixture.plugin(text, .inspection(), library: Self.library), seed: 51)
    let sample = Sample(model, count: 5, seed: 52)
    #expect(harness.gradient(sample).status == 0)
    let values = NaiveNetwork(model: model, tensors: harness.learned).values(
      sample, training: true)
    expectClose(
      try harness.values("mixed1.output", count: 5), values[.result(of: 0)], within: 1e-14,
      "training")
    let inference = try PluginHarness(
      CompilerFixture.plugin(text, .inference(.double), library: Self.library), seed: 51)
    inference.learned = harness.learned
    expectClose(
      try inference.infer(sample).outputs, values[.result(of: 1)], within: 1e-14, "inference")
  }

  /// Protects what optimizers are printed as: doubles once a step, then vectors for rows of weights
  /// and numbers of type real for the others.
  @Test func numbers() throws {
    let text = Case.trained(by: "mixing").text
    let model = try CompilerFixture.compile(text, library: Self.library).model
    let harness = try PluginHarness(
      CompilerFixture.plugin(text, .training(.double), library: Self.library), seed: 53)
    let open = try PluginHarness(
      CompilerFixture.plugin(text, .inspection(), library: Self.library))
    let sample = Sample(model, count: 5, seed: 54)
    for step in 1...4 {
      open.learned = harness.learned
      #expect(open.gradient(sample).status == 0)
      #expect(harness.train(sample, rate: 1e-3).status == 0)
      let optimizer = model.training.optimizer
      let scale = optimizer.scalars[0].value.value(["t": Double(step)])
      for name in open.parameterNames {
        let expected = zip(open[name], try open.gradient(of: name)).map { p, g in
          optimizer.updates[0].value.value([
            "p": p, "g": g, "scale": scale, "learning_rate": 1e-3,
          ])
        }
        expectClose(harness[name], expected, within: 1e-12, "\(name) in step \(step)")
      }
    }
  }
}
