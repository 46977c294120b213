import Foundation
import IR
import Lowering
import Operators
import Testing
import Verification

/// Losses that absorb the function before them: what they compute, and where.
@Suite struct LossTests {
  /// Logits at which a probability has few digits, or none, in float and in double.
  private static let logits: [Double] = [0, 0.5, -3, 20, -20, 40, -40, 100, -100]

  /// Minus the logarithm of the probability of `target` by the logit `x`, and its slope.
  private static func expected(_ x: Double, _ target: Double) -> (loss: Double, slope: Double) {
    // log(1 + exp(z)) of the logit z of what is false.
    let z = target == 1 ? -x : x
    let loss = max(z, 0) + log1p(exp(-abs(z)))
    let wrong = z < 0 ? exp(z) / (1 + exp(z)) : 1 / (1 + exp(-z))
    return (loss, target == 1 ? -wrong : wrong)
  }

  /// A model whose logit is its input where the weight is 1 and the bias 0.
  private static func text(target: String, reduction: String = "sum") -> String {
    """
    model logits {
      input x: [1]
      target t: \(target)
      y = x | dense(1) | sigmoid
      loss binary_cross_entropy(y, t, reduction: \(reduction))
    }
    training {
      batch 4
      optimizer sgd(lr: 1)
    }
    """
  }

  private static let precisions: [Precision] = [.float, .double]

  private static func harness(_ text: String, _ plan: PlanOptions) throws -> PluginHarness {
    let harness = try PluginHarness(CompilerFixture.plugin(text, plan))
    harness["dense1.weight"] = [1]
    harness["dense1.bias"] = [0]
    return harness
  }

  /// One example of logit `x` for a model of `text(target:)`.
  private static func sample(_ x: Double, _ target: Double, isClass: Bool) throws -> Sample {
    let model = try CompilerFixture.compile(text(target: isClass ? "class(2)" : "[1]")).model
    var sample = Sample(model, count: 1, seed: 1)
    sample.inputs = [x]
    if isClass { sample.labels = [Int32(target)] } else { sample.values = [target] }
    return sample
  }

  /// Protects examples that are far on the wrong side, which learned nothing while the loss was
  /// taken of probabilities, and the digits of losses near 0: in training, evaluation, inspection
  /// and inference, fused and not.
  @Test(arguments: precisions, [true, false])
  func farLogits(_ precision: Precision, _ isClass: Bool) throws {
    let text = Self.text(target: isClass ? "class(2)" : "[1]")
    let inspection = try Self.harness(text, .inspection(precision))
    let evaluations = try [true, false].flatMap { fuses in
      try [
        PlanOptions.training(precision, fuses: fuses),
        .inference(precision, fuses: fuses),
      ].map { try Self.harness(text, $0) }
    }
    // A few roundings; below the normal numbers, exp has no digits.
    let rounding = precision == .float ? 0x1p-21 : 0x1p-50
    let least = precision == .float ? 0x1p-126 : 0x1p-1022
    for x in Self.logits {
      for target in [0.0, 1.0] {
        let sample = try Self.sample(x, target, isClass: isClass)
        let (loss, slope) = Self.expected(x, target)
        let place: Comment = "logit \(x), target \(target)"
        let inspected = inspection.gradient(sample)
        #expect(abs(inspected.loss - loss) <= rounding * loss + least, place)
        let found = try inspection.values("dense1.output_gradient", count: 1)
        // The probability is rounded to one of about its size or about 1.
        #expect(abs(found[0] - slope) <= rounding, place)
        for harness in evaluations {
          let evaluated = harness.evaluate(sample)
          #expect(evaluated.status == 0)
          #expect(abs(evaluated.loss - loss) <= rounding * loss + least, place)
          #expect(evaluated.outputs == inspected.outputs, place)
        }
      }
    }
  }

  /// Protects training where it starts far on the wrong side: each example moves the parameters as
  /// the slope says, and the loss comes down.
  @Test(arguments: precisions, [true, false])
  func farLogitsLearn(_ precision: Precision, _ fuses: Bool) throws {
    let harness = try Self.harness(
      Self.text(target: "class(2)"), .training(precision, fuses: fuses))
    for x in [20.0, 40, 100] {
      harness["dense1.bias"] = [x]
      let sample = try Self.sample(0, 0, isClass: true)
      let (loss, slope) = Self.expected(x, 0)
      #expect(abs(harness.train(sample, rate: 1).loss - loss) < 1e-6 * x)
      #expect(abs(harness["dense1.bias"][0] - (x - slope)) < 1e-6 * x)
      var losses: [Double] = []
      for _ in 0..<Int(x) { losses.append(harness.train(sample, rate: 1).loss) }
      #expect(zip(losses, losses.dropFirst()).allSatisfy(>))
      #expect(losses.last ?? .nan < 1)
    }
  }

  /// Protects what a loss says it becomes: the same loss of the same function, with the same slope,
  /// wherever both have digits.
  @Test func absorptions() throws {
    var found: [String] = []
    for definition in Library.standard.losses {
      guard let loss = try definition.make(Arguments()) as? ElementwiseLoss else { continue }
      for operation in Library.standard.operations {
        guard let function = (try? operation.make(Arguments()))?.activation,
          let whole = loss.absorbing(function) as? ElementwiseLoss
        else { continue }
        found.append("\(loss.keyword) of \(function.name)")
        #expect(whole.keyword == loss.keyword && whole.targets == loss.targets)
        for x in stride(from: -8.03, through: 8, by: 0.31) {
          for t in [0, 0.3, 1] {
            let y = function.body.value(["x": x])
            let chained =
              loss.slope.value(["x": y, "t": t])
              * function.body.derivative(by: "x").value(["x": x])
            let at = ["x": x, "t": t]
            expectClose(
              [whole.function.body.value(at)], [loss.function.body.value(["x": y, "t": t])],
              within: 1e-9, "\(found) at \(x), \(t)")
            expectClose([whole.slope.value(at)], [chained], within: 1e-9, "slope at \(x), \(t)")
          }
        }
      }
    }
    #expect(found == ["binary_cross_entropy of sigmoid"])
  }

  /// Protects where a loss absorbs: after a sigmoid whatever comes before it, and nowhere else.
  @Test(arguments: [
    ("dense(2) | sigmoid", "binary_cross_entropy", "dense1"),
    ("dense(2) | batchnorm | sigmoid", "binary_cross_entropy", "batchnorm1"),
    ("dense(2) | tanh | sigmoid", "binary_cross_entropy", "tanh1"),
    ("dense(2) | sigmoid | sigmoid", "binary_cross_entropy", "sigmoid1"),
    ("dense(2) | sigmoid | relu", "binary_cross_entropy", "relu1"),
    ("dense(2) | sigmoid", "linear_regression", "sigmoid1"),
  ])
  func whatTheLossReads(_ layers: String, _ loss: String, _ operand: String) throws {
    let text = Case("reads", target: "[2]", loss: "\(loss)(y, t)", "y = x | \(layers)").text
    for fuses in [true, false] {
      for plan in [PlanOptions.training(.float, fuses: fuses), .inspection()] {
        let compilation = try CompilerFixture.compile(text, plan)
        #expect(
          compilation.graph.text.contains("loss, d(\(operand) by loss) = loss(\(operand))"),
          "\(layers), fuses \(fuses)")
      }
    }
  }
}
