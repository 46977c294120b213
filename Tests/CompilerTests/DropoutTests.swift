import IR
import Lowering
import Operators
import Testing
import Verification

@testable import Runner

/// What dropout draws.
@Suite struct DropoutTests {
  /// Protects the generator itself: the first two rows are known answers of Random123, the library
  /// of the paper's authors.
  @Test func philox() {
    let zero = Philox(key: (0, 0)).numbers(at: [0, 0, 0, 0])
    #expect(zero == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    let ones = Philox(key: (.max, .max)).numbers(at: [.max, .max, .max, .max])
    #expect(ones == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
    let pi = Philox(key: (0xa409_3822, 0x299f_31d0)).numbers(
      at: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344])
    #expect(pi == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
  }

  private static func text(_ call: String, batch: Int = 37) -> String {
    """
    model drops {
      input x: [13, 6, 5]
      target t: [13, 6, 5]
      y = x | \(call)
      loss linear_regression(y, t, reduction: sum)
    }
    training {
      batch \(batch)
    }
    """
  }

  /// What an inspected step of ones makes: the mask, scaled.
  private static func mask(_ text: String, _ plan: PlanOptions, threads: Int = 1) throws
    -> (outputs: [Double], gradient: [Double])
  {
    let model = try CompilerFixture.compile(text).model
    var sample = Sample(model, count: model.training.batch, seed: 51)
    sample.inputs = sample.inputs.map { _ in 1 }
    sample.values = sample.values.map { _ in 0 }
    let harness = try PluginHarness(CompilerFixture.plugin(text, plan), threads: threads)
    let found = harness.gradient(sample)
    #expect(found.status == 0)
    return (found.outputs, try harness.values("x.gradient", count: sample.count))
  }

  /// Protects masks: for one seed and step they are the same in both precisions, for every target
  /// and vector, whatever the batch is cut into, and for any number of threads.
  @Test(arguments: ["dropout(0.3)", "channel_dropout(0.3)"])
  func oneMask(_ call: String) throws {
    let text = Self.text(call)
    let first = try Self.mask(text, .inspection(.double)).outputs
    for precision in [Precision.double, .float] {
      for target in Targets.runnable {
        for threads in [1, 2, 3] {
          let plan = PlanOptions(target: target, precision: precision, purpose: .inspection)
          let found = try Self.mask(text, plan, threads: threads).outputs
          #expect(zip(found, first).allSatisfy { abs($0 - $1) < 1e-6 }, "\(target.name)")
        }
      }
    }
    // A smaller batch has narrower vectors.
    for batch in [1, 2, 5] {
      let found = try Self.mask(Self.text(call, batch: batch), .inspection(.double)).outputs
      #expect(found == Array(first.prefix(found.count)), "batch of \(batch)")
    }
  }

  /// Protects the rate, and the mean that is left: within five deviations of what chance allows; a
  /// channel falls as a whole.
  @Test(arguments: [0.1, 0.5, 0.9], [true, false])
  func rate(_ rate: Double, _ dropsChannels: Bool) throws {
    let word = dropsChannels ? "channel_dropout" : "dropout"
    let (outputs, gradient) = try Self.mask(Self.text("\(word)(\(rate))"), .inspection(.double))
    let plane = dropsChannels ? 30 : 1
    let units = stride(from: 0, to: outputs.count, by: plane).map { start in
      Set(outputs[start..<start + plane])
    }
    #expect(units.allSatisfy { $0.count == 1 })
    let dropped = units.filter { $0 == [0] }.count
    let count = Double(units.count)
    let deviation = (rate * (1 - rate) / count).squareRoot()
    #expect(abs(Double(dropped) / count - rate) < 5 * deviation)
    #expect(outputs.allSatisfy { $0 == 0 || abs($0 - 1 / (1 - rate)) < 1e-12 })
    // The loss's gradient is y / m, and the mask's again: 1 / (1 - rate)^2 where it is kept.
    let expected = outputs.map { $0 * $0 / 390 }
    expectClose(gradient, expected, within: 1e-12, "gradient")
  }

  /// Protects from masks that repeat: another step, seed or layer has another mask, each of which
  /// agrees with the first as often as chance has it.
  @Test func independent() {
    func mask(_ draw: RandomDraw) -> [Bool] {
      (0..<50).flatMap { n in (0..<200).map { draw.number(example: n, unit: $0) >= 1 << 30 } }
    }
    let first = mask(RandomDraw(seed: 7, step: 3, layer: 2))
    for other in [
      RandomDraw(seed: 8, step: 3, layer: 2), RandomDraw(seed: 7 + 1 << 32, step: 3, layer: 2),
      RandomDraw(seed: 7, step: 4, layer: 2), RandomDraw(seed: 7, step: 3 + 1 << 32, layer: 2),
      RandomDraw(seed: 7, step: 3, layer: 3),
    ] {
      let same = zip(first, mask(other)).filter { $0 == $1 }.count
      #expect(abs(same - 5000) < 250, "\(other)")
    }
  }

  /// Protects a rate of 0, which changes nothing, and evaluation, in which nothing is dropped, in
  /// the plan for training as in that for inference.
  @Test func changesNothing() throws {
    let none = Self.text("dropout(0)")
    #expect(try Self.mask(none, .inspection(.float)).outputs.allSatisfy { $0 == 1 })
    let text = Self.text("dropout(0.5)", batch: 3)
    let sample = Sample(try CompilerFixture.compile(text).model, count: 3, seed: 52)
    for plan in [PlanOptions.training(.double), .inference(.double)] {
      let harness = try PluginHarness(CompilerFixture.plugin(text, plan))
      #expect(harness.evaluate(sample).outputs == sample.inputs)
    }
    let harness = try PluginHarness(CompilerFixture.plugin(text, .inspection(.double)))
    #expect(harness.gradient(sample, training: false).outputs == sample.inputs)
    #expect(harness.gradient(sample, training: true).outputs != sample.inputs)
  }

  /// Protects training: each step drops others, and the same seed the same again.
  @Test func steps() throws {
    let text = Case.withinExamples.first { $0.name == "dropouts" }?.text ?? ""
    let model = try CompilerFixture.compile(text).model
    let sample = Sample(model, count: 11, seed: 53)
    let plugin = try CompilerFixture.plugin(text, .training(.float))
    func losses() throws -> [Double] {
      let harness = try PluginHarness(plugin, seed: 54, threads: 2)
      return (0..<4).map { _ in harness.train(sample, rate: 0).loss }
    }
    let first = try losses()
    #expect(Set(first).count == 4)
    #expect(try losses() == first)
  }
}
