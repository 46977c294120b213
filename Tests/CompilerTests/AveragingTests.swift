import Foundation
import Testing
import Verification

@testable import Runner

/// Averages that are evaluated and saved in the place of the parameters.
@Suite struct AveragingTests {
  private static func text(_ average: String) -> String {
    """
    model averaged {
      input x: [4]
      target label: class(3)
      y = x | dense(5) | batchnorm | relu | dense(3)
      loss softmax_cross_entropy(y, label)
    }
    training {
      batch 6
      optimizer momentum
      \(average)
    }
    """
  }

  private static func dataset() throws -> Dataset {
    var numbers = Numbers(63)
    let labels = try AlignedMemory(byteCount: 20 * 4)
    for label in 0..<20 { labels.bytes.bindMemory(to: Int32.self)[label] = Int32(label % 3) }
    let examples = Examples(
      inputs: try Tensor(shape: [20, 4], values: numbers.normals(80), as: .float32),
      targets: .classes(labels))
    return Dataset(name: "", training: examples, test: examples)
  }

  private static func trained(_ average: String, _ keeps: Trainer.Keeping = .last) throws
    -> (PluginHarness, Trainer.Outcome)
  {
    let harness = try PluginHarness(CompilerFixture.plugin(text(average)))
    harness.network.regions.initialize(harness.plugin.description, seed: 4)
    var trainer = try Trainer(
      harness.network, dataset: dataset(),
      options: .init(epochs: 3, learningRate: 0.1, seed: 9, keeps: keeps), stop: .never)
    var report = SilentReport()
    return (harness, try trainer.run(report: &report))
  }

  /// Protects what is evaluated and saved: after a training the average lies where the parameters
  /// did, and these where it did, with the bits of a training without one. The result of the last
  /// epoch is that of what is saved.
  @Test func isEvaluatedAndSaved() throws {
    let (averaged, outcome) = try Self.trained("average ema(0.75)")
    let (plain, other) = try Self.trained("")
    // A bias before a batch norm does not move, and is its own average.
    for name in plain.parameterNames where name != "dense1.bias" {
      #expect(averaged["average.\(name)"] == plain[name], "\(name)")
      #expect(averaged[name] != plain[name], "\(name)")
    }
    #expect(averaged["batchnorm1.running_mean"] == plain["batchnorm1.running_mean"])
    let evaluator = try Evaluator(averaged.network)
    guard case .done(let found) = try evaluator.evaluate(Self.dataset().test, [.accuracy]) else {
      Issue.record("the evaluation was not finished")
      return
    }
    #expect(found.loss == outcome.epochs.last?.test.loss)
    #expect(found.loss != other.epochs.last?.test.loss)
    #expect(plain.plugin.description.averages.isEmpty)
  }

  /// Protects a training that keeps its best epoch: it ends with the slow weights of that one.
  @Test func keepsTheBest() throws {
    let (best, outcome) = try Self.trained("average lookahead(k: 3)", .best)
    let kept = try #require(outcome.bestKept)
    let evaluator = try Evaluator(best.network)
    guard case .done(let found) = try evaluator.evaluate(Self.dataset().test, [.accuracy]) else {
      Issue.record("the evaluation was not finished")
      return
    }
    #expect(found.loss == outcome.epochs[kept].test.loss)
  }

  /// Protects slow weights whose pull changes over the training and that wait for their first epoch, against
  /// the arithmetic of a number: a parameter of a loss whose gradient is p - 1.
  @Test func lookaheadThatChanges() throws {
    let harness = try PluginHarness(
      CompilerFixture.plugin(
        """
        model one {
          input x: [1]
          target t: [1]
          y = x | dense(1, bias: false)
          loss linear_regression(y, t)
        }
        training {
          batch 1
          optimizer sgd(lr: 0.1)
          average lookahead(k: 3, alpha: 0.9, end_alpha: 0.2, power: 2, start: 2)
        }
        """, .training(.double)))
    harness["dense1.weight"] = [5]
    harness["slow.dense1.weight"] = [5]
    func numbers() throws -> Examples {
      Examples(
        inputs: try Tensor(shape: [4, 1], values: [1, 1, 1, 1], as: .float64),
        targets: .values(try Tensor(shape: [4, 1], values: [1, 1, 1, 1], as: .float64)))
    }
    var trainer = try Trainer(
      harness.network, dataset: Dataset(name: "", training: numbers(), test: numbers()),
      options: .init(epochs: 5, learningRate: 0.1, seed: 1), stop: .never)
    var report = SilentReport()
    _ = try trainer.run(report: &report)
    var (p, slow) = (5.0, 5.0)
    for t in 1...20 {
      p -= 0.1 * (p - 1)
      if (t - 1) / 4 < 2 {
        slow = p
      } else if t % 3 == 0 {
        let part = Double(t) / 20
        slow += (0.9 + (0.2 - 0.9) * part * part) * (p - slow)
        p = slow
      }
    }
    // What was evaluated lies in the place of the parameter.
    expectClose(harness["dense1.weight"], [slow], within: 1e-13, "slow")
    expectClose(harness["slow.dense1.weight"], [p], within: 1e-13, "p")
  }

  /// Protects parameters that move in the first epochs only: they stay to the bit after that, and the others
  /// move on, whatever the optimizer keeps.
  @Test(arguments: ["sgd(momentum: 0.9, nesterov: true, weight_decay: 0.1)", "adamw", "lion"])
  func movesForSomeEpochs(_ optimizer: String) throws {
    let text = Self.text("").replacing(
      "optimizer momentum",
      with: "optimizer \(optimizer)\n"
        + "optimizer \(optimizer.prefix { $0 != "(" })(rate: 2, epochs: 2) on dense2.*")
    func trained(_ epochs: Int) throws -> PluginHarness {
      let harness = try PluginHarness(CompilerFixture.plugin(text))
      harness.network.regions.initialize(harness.plugin.description, seed: 4)
      var trainer = try Trainer(
        harness.network, dataset: Self.dataset(),
        options: .init(epochs: epochs, learningRate: 0.01, seed: 9), stop: .never)
      var report = SilentReport()
      _ = try trainer.run(report: &report)
      return harness
    }
    let runs = try (1...4).map(trained)
    for name in ["dense2.weight", "dense2.bias"] {
      #expect(runs[0][name] != runs[1][name])
      #expect(runs[1][name] == runs[2][name] && runs[2][name] == runs[3][name])
    }
    #expect(runs[1]["dense1.weight"] != runs[2]["dense1.weight"])
    #expect(runs[2]["dense1.weight"] != runs[3]["dense1.weight"])
  }

  /// Protects averages that no step has moved: they start as the parameters, drawn or loaded.
  @Test func startsAsTheParameters() throws {
    let harness = try PluginHarness(CompilerFixture.plugin(Self.text("average ema")))
    let description = harness.plugin.description
    func expectSame() {
      for (parameter, average) in description.averages {
        #expect(harness[parameter.name] == harness[average.name])
      }
    }
    harness.network.regions.initialize(description, seed: 5)
    expectSame()
    #expect(description.averages.count == 5)
    let other = try PluginHarness(CompilerFixture.plugin(Self.text("")), seed: 6)
    try Tools.inFolder { folder in
      try other.network.saveWeights(to: folder + "/w.safetensors")
      _ = try harness.network.loadWeights(from: folder + "/w.safetensors")
    }
    #expect(harness["dense2.weight"] == other["dense2.weight"])
    expectSame()
  }
}
