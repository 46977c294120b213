import IR
import Lowering
import Testing

/// Optimizers that keep something, against their formulas written out here.
@Suite struct OptimizerTests {
  /// A step of momentum: velocity = mu velocity + g, p -= lr velocity.
  private static func momentum(
    _ p: Double, _ g: Double, _ slots: inout [Double], rate: Double, step: Int
  ) -> Double {
    slots[0] = 0.8 * slots[0] + g
    return p - rate * slots[0]
  }

  /// A step of Adam as Kingma and Ba have it.
  private static func adam(
    _ p: Double, _ g: Double, _ slots: inout [Double], rate: Double, step: Int
  ) -> Double {
    slots[0] = 0.9 * slots[0] + 0.1 * g
    slots[1] = 0.99 * slots[1] + 0.01 * g * g
    var (share, squareShare) = (1.0, 1.0)
    for _ in 0..<step { (share, squareShare) = (share * 0.9, squareShare * 0.99) }
    let mean = slots[0] / (1 - share)
    let square = slots[1] / (1 - squareShare)
    return p - rate * mean / (square.squareRoot() + 1e-8)
  }

  /// Protects the slots, the numbers of a step and the arithmetic, fused and not, for numbers of
  /// rows of a dense layer and for single ones: five steps, each from the gradient that the
  /// inspected network has there.
  @Test(
    arguments: [
      "momentum(lr: 0.1, momentum: 0.8)", "adam(lr: 0.1, beta2: 0.99)",
    ], [true, false])
  func steps(_ optimizer: String, _ fuses: Bool) throws {
    for target in Targets.runnable { try steps(optimizer, fuses, target) }
  }

  private func steps(_ optimizer: String, _ fuses: Bool, _ target: TargetMachine) throws {
    let text = Case.trained(by: optimizer).text
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
      for name in open.parameterNames where name != "conv1.bias" {
        let gradient = try open.gradient(of: name)
        var kept = slots[name] ?? gradient.map { _ in [0, 0] }
        for index in gradient.indices {
          let (p, g) = (expected[name]?[index] ?? .nan, gradient[index])
          expected[name]?[index] =
            optimizer.hasPrefix("adam")
            ? Self.adam(p, g, &kept[index], rate: 0.1, step: step)
            : Self.momentum(p, g, &kept[index], rate: 0.1, step: step)
        }
        slots[name] = kept
      }
      #expect(harness.train(sample, rate: 0.1).status == 0)
      for name in open.parameterNames {
        expectClose(
          harness[name], expected[name] ?? [], within: 1e-10,
          "\(target.name): \(name) after step \(step)")
      }
      for name in harness.savedNames where !open.parameterNames.contains(name) {
        expected[name] = harness[name]
      }
    }
    let slot = optimizer.hasPrefix("adam") ? "square.dense1.weight" : "velocity.dense1.weight"
    let index = optimizer.hasPrefix("adam") ? 1 : 0
    expectClose(
      harness[slot], slots["dense1.weight"]?.map { $0[index] } ?? [], within: 1e-10, slot)
  }
}
