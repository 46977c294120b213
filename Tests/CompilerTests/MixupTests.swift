import IR
import Lowering
import Operators
import Testing
import Verification

@testable import Runner

/// Trainings whose examples are mixtures of two.
@Suite struct MixupTests {
  /// What a loss reads, the target, and the loss.
  private static let losses = [
    ("dense(3)", "class(3)", "softmax_cross_entropy(y, t)"),
    (
      "dense(3)", "class(3)",
      "softmax_cross_entropy(y, t, label_smoothing: 0.2, weights: [1, 2, 0.5], reduction: mean)"
    ),
    ("dense(3)", "class(3)", "softmax_cross_entropy(y, t, ignore: 1, reduction: mean)"),
    ("dense(3)", "[3]", "0.5 * softmax_cross_entropy(y, t, label_smoothing: 0.1)"),
    ("dense(3)", "[3]", "huber(y, t, delta: 0.3, reduction: sum)"),
    ("dense(1)", "class(2)", "binary_cross_entropy_with_logits(y, t)"),
    (
      "reshape([1, 6, 7]) | conv(3, kernel: 2)", "class(3, shape: [5, 6])",
      "softmax_cross_entropy(y, t)"
    ),
    // What moves with the input: the other one's target has moved too.
    (
      "reshape([2, 3, 7]) | conv(3, kernel: 1)", "class(3, shape: [3, 7])",
      "softmax_cross_entropy(y, t, weights: [1, 2, 0.5], ignore: 1)"
    ),
    ("reshape([2, 3, 7])", "[2, 3, 7]", "huber(y, t, delta: 0.3)"),
    ("reshape([2, 3, 7])", "[2, 3, 7]", "softmax_cross_entropy(y, t)"),
  ]

  /// What is done to mixtures as to their parts, where targets move with the input: all are flipped.
  private static func moving(_ target: String) -> String {
    target.contains("3, 7]") ? "augment flip(probability: 1)" : ""
  }

  private static func text(
    _ last: String, _ target: String, _ loss: String, _ mixup: String, batch: Int = 19
  ) -> String {
    """
    model mixed {
      input x: [2, 3, 7]
      input w: [4]
      target t: \(target)
      a = x | flatten
      y = concat(a, w) | dense(42) | batchnorm | tanh | \(last)
      loss \(loss) + l2(0.01)
    }
    training {
      batch \(batch)
      \(mixup)
    }
    """
  }

  private static let alpha = 0.7

  /// Protects what a step makes of mixtures: a share of the loss and of every gradient against the examples'
  /// own targets and the rest against the others', for each kind of loss, target and precision; held against a
  /// network without mixup that is given the mixtures.
  @Test(arguments: losses)
  func mixesLosses(_ last: String, _ target: String, _ loss: String) throws {
    for (plan, tolerance) in [
      (PlanOptions.inspection(.double), 1e-12), (.inspection(.float), 3e-4),
    ] {
      let flip = Self.moving(target)
      let text = Self.text(last, target, loss, "augment mixup(\(Self.alpha))\n\(flip)")
      let mixed = try PluginHarness(CompilerFixture.plugin(text, plan), seed: 51, threads: 2)
      let plain = try PluginHarness(
        CompilerFixture.plugin(Self.text(last, target, loss, flip), plan), seed: 51)
      let model = try CompilerFixture.compile(text).model
      // Full, of several blocks, and of one example, which is mixed with itself.
      for count in [19, 12, 1] {
        var sample = Sample(model, count: count, seed: 52)
        let found = mixed.gradient(sample)
        #expect(found.status == 0)
        let share = Mixup(alpha: Self.alpha).share(RandomDraw(seed: 1, step: 1, layer: 0))
        #expect(share > 0.01 && share < 0.99)
        sample.allInputs = sample.allInputs.map {
          Self.blended($0, Self.reversed($0, count), share)
        }
        let own = plain.gradient(sample)
        let gradients = try plain.parameterNames.map(plain.gradient)
        sample.allTargets = sample.allTargets.map { Self.reversed($0, count) }
        let others = plain.gradient(sample)
        #expect(
          abs(found.loss - (share * own.loss + (1 - share) * others.loss))
            < tolerance * max(1, abs(found.loss)))
        expectClose(found.outputs, own.outputs, within: tolerance, "outputs")
        let floor = largest(gradients)
        for (name, gradient) in zip(plain.parameterNames, gradients) {
          expectClose(
            try mixed.gradient(of: name),
            Self.blended(gradient, try plain.gradient(of: name), share), within: tolerance,
            floor: floor, noise: 1e-5, name)
        }
      }
    }
  }

  /// Protects evaluation of the same network: nothing is mixed in it, and neither are its losses.
  @Test func evaluationMixesNothing() throws {
    let (last, target, loss) = Self.losses[0]
    let text = Self.text(last, target, loss, "augment mixup")
    let sample = Sample(try CompilerFixture.compile(text).model, count: 12, seed: 53)
    let plan = PlanOptions.training(.double)
    let mixed = try PluginHarness(CompilerFixture.plugin(text, plan), seed: 54)
    let plain = try PluginHarness(
      CompilerFixture.plugin(Self.text(last, target, loss, ""), plan), seed: 54)
    let (found, expected) = (mixed.evaluate(sample), plain.evaluate(sample))
    #expect(found.loss == expected.loss && found.outputs == expected.outputs)
    let inspection = PlanOptions.inspection(.double)
    let steps = try [text, Self.text(last, target, loss, "")].map {
      try PluginHarness(CompilerFixture.plugin($0, inspection), seed: 54)
        .gradient(sample, training: false).loss
    }
    #expect(steps[0] == steps[1])
  }

  /// Protects a training's bits: the same for any number of threads and from run to run, and other ones
  /// without mixup; each step has a share of its own.
  @Test func sameForAnyThreads() throws {
    let (last, target, loss) = Self.losses[1]
    func trained(_ mixup: String, threads: Int, reversed: Bool = false) throws -> [[UInt8]] {
      let text = Self.text(last, target, loss, mixup)
      let sample = Sample(try CompilerFixture.compile(text).model, count: 19, seed: 55)
      let harness = try PluginHarness(CompilerFixture.plugin(text), seed: 56, threads: threads)
      if reversed { harness.reverseTasks() }
      for _ in 0..<3 { #expect(harness.train(sample, rate: 0.1).status == 0) }
      return harness.bits
    }
    let once = try trained("augment mixup(0.3)", threads: 1)
    #expect(try trained("augment mixup(0.3)", threads: 3) == once)
    #expect(try trained("augment mixup(0.3)", threads: 1, reversed: true) == once)
    #expect(try trained("", threads: 1) != once)
  }

  /// Protects how shares are spread: mean 1/2 and the variance 1 / (4 (2 alpha + 1)) of a Beta distribution,
  /// within five deviations of 20,000 steps.
  @Test(arguments: [0.01, 0.2, 1, 4])
  func distribution(_ alpha: Double) {
    let mixup = Mixup(alpha: alpha)
    let shares = (1...20_000).map { step in
      mixup.share(RandomDraw(seed: 7, step: step, layer: 0, epoch: step / 100))
    }
    #expect(shares.allSatisfy { $0 >= 0 && $0 <= 1 })
    let variance = 1 / (4 * (2 * alpha + 1))
    let mean = shares.reduce(0, +) / 20_000
    let found = shares.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / 20_000
    #expect(abs(mean - 0.5) < 5 * (variance / 20_000).squareRoot())
    // The fourth moment is at most a quarter of the second, for no share is further from 1/2 than 1/2.
    #expect(abs(found - variance) < 5 * (variance / 4 / 20_000).squareRoot())
  }

  private static func blended(_ own: [Double], _ other: [Double], _ share: Double) -> [Double] {
    zip(own, other).map { share * $0 + (1 - share) * $1 }
  }

  private static func reversed<Number>(_ rows: [Number], _ count: Int) -> [Number] {
    let width = rows.count / count
    return (0..<count).reversed().flatMap { rows[$0 * width..<($0 + 1) * width] }
  }

  private static func reversed(_ rows: Sample.TargetRows, _ count: Int) -> Sample.TargetRows {
    switch rows {
    case .labels(let labels): .labels(reversed(labels, count))
    case .values(let values): .values(reversed(values, count))
    }
  }
}
