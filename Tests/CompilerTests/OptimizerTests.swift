import Diagnostics
import IR
import Lowering
import Testing
import Verification

/// Optimizers that keep something, against their formulas written out here.
@Suite struct OptimizerTests {
  /// An optimizer as a model file calls it, and one of its steps for one number.
  struct Rule: Sendable, CustomTestStringConvertible {
    let optimizer: String
    /// The slots, in order, with what they start with.
    let slots: [String]
    var start: [Double]
    /// The parameter after step `step`, from 1 on, at the rate 0.1.
    let step: @Sendable (_ p: Double, _ g: Double, _ slots: inout [Double], _ step: Int) -> Double

    var testDescription: String { optimizer }

    init(
      _ optimizer: String, _ slots: [String], start: [Double]? = nil,
      _ step:
        @escaping @Sendable (_ p: Double, _ g: Double, _ slots: inout [Double], _ step: Int)
        -> Double
    ) {
      self.optimizer = optimizer
      self.slots = slots
      self.start = start ?? slots.map { _ in 0 }
      self.step = step
    }
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }

  /// The means of Adam with weights 0.9 and 0.99, and the root of the square with what it lacks.
  private static func adam(_ g: Double, _ slots: inout [Double], _ step: Int) -> Double {
    slots[0] = 0.9 * slots[0] + 0.1 * g
    slots[1] = 0.99 * slots[1] + 0.01 * g * g
    return (slots[1] / (1 - power(0.99, step))).squareRoot() + 1e-8
  }

  /// Its gradient is nothing but rounding: the batch norm after it takes it off.
  private static let inert = "conv1.bias"

  static let rules = [
    Rule("momentum(lr: 0.1, momentum: 0.8)", ["velocity"]) { p, g, slots, _ in
      slots[0] = 0.8 * slots[0] + g
      return p - 0.1 * slots[0]
    },
    Rule("sgd(lr: 0.1, momentum: 0.8, nesterov: true, weight_decay: 0.02)", ["velocity"]) {
      p, g, slots, _ in
      let g = g + 0.02 * p
      slots[0] = 0.8 * slots[0] + g
      return p - 0.1 * (g + 0.8 * slots[0])
    },
    Rule("sgd(lr: 0.1, momentum: 0.8, dampening: 0.3)", ["velocity"]) { p, g, slots, step in
      slots[0] = 0.8 * slots[0] + (step > 1 ? 0.7 : 1) * g
      return p - 0.1 * slots[0]
    },
    Rule("adam(lr: 0.1, beta2: 0.99)", ["mean", "square"]) { p, g, slots, step in
      let root = adam(g, &slots, step)
      return p - 0.1 * slots[0] / (1 - power(0.9, step)) / root
    },
    Rule("adamw(lr: 0.1, beta2: 0.99, weight_decay: 0.05)", ["mean", "square"]) {
      p, g, slots, step in
      let root = adam(g, &slots, step)
      return p * (1 - 0.1 * 0.05) - 0.1 * slots[0] / (1 - power(0.9, step)) / root
    },
    Rule("adamw(lr: 0.1, beta2: 0.5, amsgrad: true)", ["mean", "square", "largest"]) {
      p, g, slots, step in
      slots[0] = 0.9 * slots[0] + 0.1 * g
      slots[1] = 0.5 * slots[1] + 0.5 * g * g
      slots[2] = max(slots[2], slots[1])
      let root = (slots[2] / (1 - power(0.5, step))).squareRoot() + 1e-8
      return p * (1 - 0.1 * 0.01) - 0.1 * slots[0] / (1 - power(0.9, step)) / root
    },
    Rule("adam(lr: 0.1, beta2: 0.99, bias_correction: false)", ["mean", "square"]) {
      p, g, slots, _ in
      slots[0] = 0.9 * slots[0] + 0.1 * g
      slots[1] = 0.99 * slots[1] + 0.01 * g * g
      return p - 0.1 * slots[0] / (slots[1].squareRoot() + 1e-8)
    },
    // With a decay of 0 the momentum is beta1 / 2 in each step.
    Rule(
      "nadam(lr: 0.1, beta2: 0.99, momentum_decay: 0)", ["mean", "square", "product"],
      start: [0, 0, 1]
    ) { p, g, slots, step in
      let root = adam(g, &slots, step)
      let product = power(0.45, step)
      slots[2] = product
      let ahead = 0.55 / (1 - product) * g + 0.45 / (1 - product * 0.45) * slots[0]
      return p - 0.1 * ahead / root
    },
    Rule(
      "rmsprop(lr: 0.1, alpha: 0.9, eps: 0.01, centered: true, momentum: 0.5)",
      ["square", "mean", "velocity"]
    ) { p, g, slots, _ in
      slots[0] = 0.9 * slots[0] + 0.1 * g * g
      slots[1] = 0.9 * slots[1] + 0.1 * g
      slots[2] =
        0.5 * slots[2] + g / ((slots[0] - slots[1] * slots[1]).squareRoot() + 0.01)
      return p - 0.1 * slots[2]
    },
    Rule(
      "adagrad(lr: 0.1, lr_decay: 0.25, initial_accumulator_value: 0.1)", ["sum"], start: [0.1]
    ) { p, g, slots, step in
      slots[0] += g * g
      return p - 0.1 / (1 + 0.25 * Double(step - 1)) * g / (slots[0].squareRoot() + 1e-10)
    },
    Rule("lion(lr: 0.1, beta2: 0.8, weight_decay: 0.05)", ["mean"]) { p, g, slots, _ in
      let toward = 0.9 * slots[0] + 0.1 * g
      slots[0] = 0.8 * slots[0] + 0.2 * g
      return p * (1 - 0.1 * 0.05) - 0.1 * (toward > 0 ? 1 : toward < 0 ? -1 : 0)
    },
  ]

  /// Protects the slots, the numbers of a step and the arithmetic, fused and not, for numbers of
  /// rows of a dense layer and for single ones: five steps, each from the gradient that the
  /// inspected network has there.
  @Test(arguments: rules, [true, false])
  func steps(_ rule: Rule, _ fuses: Bool) throws {
    // What is not fused goes number by number, whatever the vectors.
    for target in fuses ? Targets.runnable : [.native] { try steps(rule, fuses, target) }
  }

  private func steps(_ rule: Rule, _ fuses: Bool, _ target: TargetMachine) throws {
    let text = Case.trained(by: rule.optimizer).text
    let model = try CompilerFixture.compile(text).model
    let sample = Sample(model, count: 5, seed: 31)
    let harness = try PluginHarness(
      CompilerFixture.plugin(text, .training(.double, target: target, fuses: fuses)), seed: 32)
    harness.initializeSlots()
    let open = try PluginHarness(CompilerFixture.plugin(text, .inspection()))
    var expected = harness.learned
    var slots: [String: [[Double]]] = [:]
    for step in 1...5 {
      open.learned = expected
      #expect(open.gradient(sample).status == 0)
      for name in open.parameterNames where name != Self.inert {
        let gradient = try open.gradient(of: name)
        var kept = slots[name] ?? gradient.map { _ in rule.start }
        for index in gradient.indices {
          let p = expected[name]?[index] ?? .nan
          expected[name]?[index] = rule.step(p, gradient[index], &kept[index], step)
        }
        slots[name] = kept
      }
      #expect(harness.train(sample, rate: 0.1).status == 0)
      for name in open.parameterNames where name != Self.inert {
        expectClose(
          harness[name], expected[name] ?? [], within: 1e-10,
          "\(target.name): \(name) after step \(step)")
      }
      for name in harness.savedNames where !slots.keys.contains(name) {
        expected[name] = harness[name]
      }
    }
    for (index, slot) in rule.slots.enumerated() {
      let name = "\(slot).dense1.weight"
      expectClose(
        harness[name], slots["dense1.weight"]?.map { $0[index] } ?? [], within: 1e-10, name)
    }
  }

  /// Protects parameters that an optimizer of their own moves: a step, fused or not, moves them as it
  /// does where it is for all, and the others as if it were not there. A rate that a host changes is
  /// changed in proportion.
  @Test(arguments: [true, false])
  func named(_ fuses: Bool) throws {
    let whole = "adamw(lr: 0.1, weight_decay: 0.5)"
    let parts = [
      ("adamw(weight_decay: 0, rate: 0.5)", "*.bias", "adamw(lr: 0.1, weight_decay: 0)", 0.5),
      (
        "momentum(lr: 0.2, weight_decay: 0.25)", "dense1.*",
        "momentum(lr: 0.2, weight_decay: 0.25)", 2
      ),
      ("lion(lr: 0.3)", "batchnorm1.gamma", "lion", 3),
    ]
    let mixed = ([whole] + parts.map { "optimizer \($0.0) on \($0.1)" }).joined(separator: "\n")
    let sample = Sample(
      try CompilerFixture.compile(Case.trained(by: whole).text).model, count: 5, seed: 33)
    for target in Targets.runnable {
      func first(_ optimizer: String, rate: Double) throws -> PluginHarness {
        let harness = try PluginHarness(
          CompilerFixture.plugin(
            Case.trained(by: optimizer).text, .training(.double, target: target, fuses: fuses)),
          seed: 34)
        harness.initializeSlots()
        #expect(harness.train(sample, rate: rate).status == 0)
        return harness
      }
      let found = try first(mixed, rate: 0.05)
      let all = try first(whole, rate: 0.05)
      let own = try parts.map { try first($0.2, rate: 0.05 * $0.3) }
      for name in found.parameterNames where name != Self.inert {
        let part = parts.lastIndex {
          ParameterPattern($0.1, at: SourceRange(.start, .start)).matches(name)
        }
        let expected = part.map { own[$0] } ?? all
        expectClose(
          found[name], expected[name], within: 1e-12, "\(target.name): \(name)")
      }
      #expect(found.plugin.description.tensors.contains { $0.name == "velocity.dense1.bias" })
      #expect(!found.plugin.description.tensors.contains { $0.name == "mean.dense1.bias" })
    }
  }

  /// Protects clipping and averages on every target, fused and not: three steps from the gradients of
  /// the inspected network, each clipped here.
  @Test(arguments: ["norm(0.5)", "value(0.02)"], [true, false])
  func clipped(_ clip: String, _ fuses: Bool) throws {
    let text = Case.trained(by: "sgd clip \(clip) average ema(0.75)").text
    let model = try CompilerFixture.compile(text).model
    let sample = Sample(model, count: 5, seed: 35)
    let open = try PluginHarness(CompilerFixture.plugin(text, .inspection()))
    for target in Targets.runnable {
      let harness = try PluginHarness(
        CompilerFixture.plugin(text, .training(.double, target: target, fuses: fuses)), seed: 36)
      harness.initializeSlots()
      var averages: [String: [Double]] = [:]
      for step in 1...3 {
        open.learned = harness.learned
        #expect(open.gradient(sample).status == 0)
        let names = open.parameterNames.filter { $0 != Self.inert }
        let gradients = try names.map { try open.gradient(of: $0) }
        let norm = gradients.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
        let before = names.map { harness[$0] }
        #expect(harness.train(sample, rate: 0.5).status == 0)
        for (name, (old, gradient)) in zip(names, zip(before, gradients)) {
          let expected = zip(old, gradient).map { p, g in
            p - 0.5
              * (clip.hasPrefix("norm")
                ? g * min(1, 0.5 / (norm + 1e-6)) : max(-0.02, min(0.02, g)))
          }
          expectClose(harness[name], expected, within: 1e-12, "\(target.name): \(name)")
          averages[name] = zip(averages[name] ?? expected, expected).map { average, p in
            step == 1 ? p : 0.75 * average + 0.25 * p
          }
          expectClose(
            harness["average.\(name)"], averages[name] ?? [], within: 1e-12,
            "\(target.name): average of \(name)")
        }
        #expect(clip.hasPrefix("norm") == (norm > 0.5) || !clip.hasPrefix("norm"), "\(norm)")
      }
    }
  }

  /// Protects the updates of stored gradients that several tasks share, on every target: clipped by a
  /// norm that none has, they are those of gradients that are never stored.
  @Test(arguments: ["", " accumulate 3"])
  func clippedByNothing(_ accumulation: String) throws {
    let sample = Sample(
      try CompilerFixture.compile(Case.wide(by: "adam").text).model, count: 5, seed: 41)
    for target in Targets.runnable {
      let harnesses = try ["", " clip norm(1e9)"].map { clip in
        let text = Case.wide(by: "adam" + accumulation + clip).text
        return try PluginHarness(
          CompilerFixture.plugin(text, .training(.double, target: target)), seed: 42, threads: 2)
      }
      for harness in harnesses {
        harness.initializeSlots()
        let passes = harness.plugin.description.passes
        for pass in 0..<2 * passes {
          let outcome = harness.train(
            sample, rate: 0.1, count: 5, pass: (pass % passes, passes, 5 * passes), of: 2)
          #expect(outcome.status == 0)
        }
      }
      for name in harnesses[0].parameterNames {
        expectClose(
          harnesses[1][name], harnesses[0][name], within: 1e-12, "\(target.name): \(name)")
      }
    }
  }

  /// Protects the bits of a step whose gradients are clipped by their norm: they are the same for any
  /// number of threads.
  @Test(arguments: [Case.trained, Case.wide])
  func clippedByThreads(_ network: @Sendable (String) -> Case) throws {
    let text = network("adam clip norm(0.1)").text
    let sample = Sample(try CompilerFixture.compile(text).model, count: 5, seed: 37)
    let harnesses = try [1, 3].map { threads in
      try PluginHarness(CompilerFixture.plugin(text, .training(.float)), seed: 38, threads: threads)
    }
    for harness in harnesses {
      harness.initializeSlots()
      for _ in 0..<3 { #expect(harness.train(sample, rate: 0.1).status == 0) }
    }
    #expect(harnesses[0].bits == harnesses[1].bits)
  }
}
