import Foundation
import Lowering
import Testing
import Verification

@testable import Runner

/// Steps whose gradients are those of several passes.
@Suite struct AccumulationTests {
  private static func text(batch: Int, accumulate: Int, reduction: String, _ more: String) -> String
  {
    """
    model accumulated {
      input x: [4]
      target label: class(3)
      y = x | dense(17) | tanh | dense(3)
      loss softmax_cross_entropy(y, label, reduction: \(reduction)) + l2(0.01) on *.weight
    }
    training {
      batch \(batch)
      \(accumulate > 1 ? "accumulate \(accumulate)" : "")
      optimizer momentum
      \(more)
    }
    """
  }

  private static func dataset() throws -> Dataset {
    var numbers = Numbers(64)
    let labels = try AlignedMemory(byteCount: 45 * 4)
    for label in 0..<45 { labels.bytes.bindMemory(to: Int32.self)[label] = Int32(label % 3) }
    let examples = Examples(
      inputs: try Tensor(shape: [45, 4], values: numbers.normals(180), as: .float64),
      targets: .classes(labels))
    return Dataset(name: "", training: examples, test: examples)
  }

  private static func trained(_ text: String, fuses: Bool) throws -> (PluginHarness, Int) {
    let harness = try PluginHarness(
      CompilerFixture.plugin(text, .training(.double, fuses: fuses)), seed: 65)
    harness.initializeSlots()
    var trainer = try Trainer(
      harness.network, dataset: dataset(),
      options: .init(epochs: 3, learningRate: 0.1, seed: 9), stop: .never)
    var report = Counter()
    _ = try trainer.run(report: &report)
    return (harness, report.steps)
  }

  private struct Counter: TrainingReport {
    var steps = 0
    mutating func didStep(epoch: Int, step: Int, loss: Double) { steps += 1 }
    mutating func didEnd(_ result: EpochResult) {}
  }

  /// Protects a training of 5 passes of 4 examples a step, the last step of an epoch of one full pass
  /// and one of a single example: it is that of batches of 20, with their schedule, whether losses are
  /// added or their mean is taken, with clipping and averages too. Schedules count steps, not passes,
  /// in epochs as well.
  @Test(
    arguments: [
      ("mean", "schedule cosine"), ("sum", "schedule multi_step([1, 2], per: epoch)"),
      ("mean", "schedule one_cycle(pct_start: 0.5) clip norm(0.3) average ema(0.5)"),
    ],
    [true, false])
  func isALargerBatch(_ form: (reduction: String, more: String), _ fuses: Bool) throws {
    func text(_ batch: Int, _ accumulate: Int) -> String {
      Self.text(batch: batch, accumulate: accumulate, reduction: form.reduction, form.more)
    }
    let (several, steps) = try Self.trained(text(4, 5), fuses: fuses)
    let (one, others) = try Self.trained(text(20, 1), fuses: fuses)
    #expect(steps == 9 && others == 9)
    #expect(several.plugin.description.passes == 5 && one.plugin.description.passes == 1)
    for name in one.savedNames {
      expectClose(several[name], one[name], within: 1e-11, name)
    }
    // The sums are ready for the next step.
    #expect(several["gradient_sum.dense1.weight"].allSatisfy { $0 == 0 })
  }

  /// Protects a plugin from a host that says less or more than there can be.
  @Test func refuses() throws {
    let text = Self.text(batch: 4, accumulate: 2, reduction: "mean", "")
    let harness = try PluginHarness(CompilerFixture.plugin(text), seed: 66)
    harness.initializeSlots()
    let sample = Sample(try CompilerFixture.compile(text).model, count: 4, seed: 67)
    for pass in [(0, 3, 8), (2, 2, 8), (0, 0, 8), (0, 2, 3)] {
      #expect(harness.train(sample, rate: 0.1, pass: pass).status == 1, "\(pass)")
    }
    #expect(harness.train(sample, rate: 0.1, pass: (0, 2, 8)).status == 0)
  }
}
