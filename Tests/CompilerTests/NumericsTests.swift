import IR
import Lowering
import Testing
import Verification

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
      let size = model.inputs[0].shape
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

/// Functions and losses of numbers at which exponentials overflow, or are rounded to 0 or 1.
@Suite struct ExtremeNumbersTests {
  private static let numbers: [Double] = [
    1e4, -1e4, 700, -700, 89, -89, 88, -88, 17, -17, 1e-40, -1e-40, .leastNonzeroMagnitude, 0, -1,
    1,
  ]
  private static let functions = [
    "sigmoid", "tanh", "silu", "gelu", "gelu_tanh", "elu", "softplus", "hard_swish", "softmax",
    "log_softmax", "leaky_relu", "hard_sigmoid",
  ]

  /// Protects slopes of numbers whose squares and cubes no float holds: they are 0 or 1, times the loss's own,
  /// which shares among the eight of them.
  @Test(arguments: [
    "gelu", "gelu_tanh", "silu", "hard_swish", "elu", "softplus", "leaky_relu(slope: 0)",
  ])
  func slopesFarOut(_ function: String) throws {
    let numbers = [1e13, -1e13, 1e20, -1e20, 1e30, -1e30, 3e37, -3e37]
    let text = """
      model far_out {
        input x: [\(numbers.count)]
        target t: [\(numbers.count)]
        y = x | \(function)
        loss mean_absolute_error(y, t, reduction: sum)
      }
      training {
        batch 1
      }
      """
    var sample = Sample(try CompilerFixture.compile(text).model, count: 1, seed: 62)
    sample.inputs = numbers
    sample.values = numbers.map { _ in -1 }
    let harness = try PluginHarness(CompilerFixture.plugin(text, .inspection(.float)))
    #expect(harness.gradient(sample).status == 0)
    let slopes = try harness.values("x.gradient", count: 1)
    #expect(zip(slopes, numbers).allSatisfy { abs($0 - ($1 > 0 ? 0.125 : 0)) < 1e-7 }, "\(slopes)")
  }

  /// Protects every function whose result is finite: so is what is computed of it and its slope, in
  /// float as in double, and both are what the formula says.
  @Test(arguments: [Precision.float, .double])
  func functions(_ precision: Precision) throws {
    let values = Self.functions.map { "v_\($0)" }
    let text = """
      model extreme {
        input x: [\(Self.numbers.count)]
        target t: [\(Self.numbers.count * values.count)]
        \(Self.functions.map { "v_\($0) = x | \($0) as a_\($0)" }.joined(separator: "\n  "))
        y = concat(\(values.joined(separator: ", ")))
        loss linear_regression(y, t, reduction: sum)
      }
      training {
        batch 1
      }
      """
    let model = try CompilerFixture.compile(text).model
    var sample = Sample(model, count: 1, seed: 61)
    sample.inputs = precision == .float ? Self.numbers.map { Double(Float($0)) } : Self.numbers
    let naive = NaiveNetwork(model: model, tensors: [:])
    let expected = naive.values(sample, training: true)
    let close = precision == .float ? 1e-6 : 1e-14
    let harness = try PluginHarness(CompilerFixture.plugin(text, .inspection(precision)))
    let found = harness.gradient(sample)
    #expect(found.status == 0 && found.loss.isFinite)
    for (index, name) in Self.functions.enumerated() {
      let results = try harness.values("a_\(name).output", count: 1)
      for (x, (one, other)) in zip(Self.numbers, zip(results, expected[.result(of: index)])) {
        #expect(abs(one - other) <= close * max(1, abs(other)), "\(name)(\(x)) is \(one)")
      }
    }
    #expect(try harness.values("x.gradient", count: 1).allSatisfy(\.isFinite))
    for plan in [PlanOptions.training(precision), .inference(precision)] {
      let other = try PluginHarness(CompilerFixture.plugin(text, plan)).evaluate(sample)
      #expect(
        zip(other.outputs, found.outputs).allSatisfy { abs($0 - $1) <= close * max(1, abs($1)) })
    }
  }

  /// Protects losses that are finite in exact arithmetic, and their gradients, which are at most 1.
  @Test(arguments: [
    ("class(4)", "x", "softmax_cross_entropy(y, t, reduction: sum)", 2e4),
    ("[4]", "x", "softmax_cross_entropy(y, t, reduction: sum)", 4e4),
    ("[4]", "x | log_softmax", "kl_divergence(y, t, reduction: sum)", 4e4),
    ("[4]", "x", "binary_cross_entropy_with_logits(y, t, reduction: sum)", 1e4),
    ("[4]", "x | sigmoid", "binary_cross_entropy(y, t, reduction: sum)", 1e4),
  ])
  func losses(_ target: String, _ value: String, _ loss: String, _ most: Double) throws {
    let text = """
      model extreme {
        input x: [4]
        target t: \(target)
        y = \(value)
        loss \(loss)
      }
      training {
        batch 1
      }
      """
    let model = try CompilerFixture.compile(text).model
    for row in [
      [1e4, -1e4, 700, -700], [88, 89, -88, -89], [-1e4, -1e4, -1e4, -1e4],
      [1e-40, -1e-40, 0, 1e4],
    ] {
      var sample = Sample(model, count: 1, seed: 62)
      sample.inputs = row.map { Double(Float($0)) }
      if !sample.values.isEmpty { sample.values = [0, 1, 0, 0] }
      var losses: [Double] = []
      for precision in [Precision.double, .float] {
        let harness = try PluginHarness(CompilerFixture.plugin(text, .inspection(precision)))
        let found = harness.gradient(sample)
        #expect(found.status == 0 && found.loss.isFinite && found.loss <= most, "\(row)")
        let gradient = try harness.values("x.gradient", count: 1)
        #expect(gradient.allSatisfy { abs($0) <= 1 + 1e-6 }, "\(gradient) of \(row)")
        losses.append(found.loss)
      }
      expectClose([losses[1]], [losses[0]], within: 1e-6, "\(row)")
    }
  }

  /// Protects arithmetic with a model's numbers: what becomes infinite by it is C all the same.
  @Test func infinitePenalty() throws {
    let text = """
      model penalized {
        input x: [2]
        target t: [1]
        y = x | dense(1)
        loss linear_regression(y, t) + l2(3e38)
      }
      """
    _ = try CompilerFixture.plugin(text, .training(.double))
  }
}
