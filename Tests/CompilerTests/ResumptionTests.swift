import Diagnostics
import Foundation
import Synchronization
import Testing
import Verification

@testable import Runner

/// Trainings that go on from a checkpoint.
@Suite struct ResumptionTests {
  private let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/bnc-resumption-\(UUID().uuidString)"
  }

  private static func dataset() throws -> Dataset {
    var numbers = Numbers(71)
    let labels = try AlignedMemory(byteCount: 20 * 4)
    for label in 0..<20 { labels.bytes.bindMemory(to: Int32.self)[label] = Int32(label % 3) }
    let examples = Examples(
      inputs: try Tensor(shape: [20, 4], values: numbers.normals(80), as: .float32),
      targets: .classes(labels))
    return Dataset(name: "", training: examples, test: examples)
  }

  private func harness(_ training: String) throws -> PluginHarness {
    let text = """
      model m {
        input x: [4]
        target label: class(3)
        y = x | dense(5) | batchnorm | relu | dropout(0.2) | dense(3)
        loss softmax_cross_entropy(y, label)
      }
      training { batch 4 \(training) }
      """
    let harness = try PluginHarness(CompilerFixture.plugin(text))
    harness.network.regions.initialize(harness.plugin.description, seed: 4)
    return harness
  }

  /// Stops a training after its first step.
  private struct Stopper: TrainingReport {
    private final class Flag: Sendable {
      let isSet = Atomic(false)
    }
    private let flag = Flag()

    var signal: StopSignal {
      let flag = flag
      return StopSignal { flag.isSet.load(ordering: .relaxed) ? 15 : nil }
    }

    mutating func didStep(epoch: Int, step: Int, loss: Double) {
      flag.isSet.store(true, ordering: .relaxed)
    }
    mutating func didEnd(_ result: EpochResult) {}
  }

  private func run(
    _ harness: PluginHarness, split: ValidationSplit? = nil, checkpoints: CheckpointOptions? = nil,
    stops: Bool = false
  ) throws -> Trainer.Outcome {
    var report = Stopper()
    let dataset = try Self.dataset()
    var trainer = try Trainer(
      harness.network, dataset: split?.split(dataset) ?? dataset,
      options: .init(epochs: 4, learningRate: 0.1, seed: 9, keeps: .best), checkpoints: checkpoints,
      stop: stops ? report.signal : .never)
    return try trainer.run(report: &report)
  }

  /// Protects all that a step leaves for the next one: a training that is stopped after each step, and
  /// goes on in another process's memory each time, ends with the bits and the results of one that
  /// was not stopped. With passes that are added up, a checkpoint lies between two steps, the last
  /// of an epoch being of fewer passes; averages go on from where they were, and so does the momentum
  /// that a schedule changes.
  @Test(arguments: [
    ("optimizer momentum average ema(0.75)", 5), ("optimizer adam average lookahead(k: 3)", 5),
    ("optimizer adam accumulate 2 schedule one_cycle", 3),
    ("optimizer nadam accumulate 3 average ema(0.5) schedule multi_step([1, 3], per: epoch)", 2),
    ("optimizer rmsprop(momentum: 0.5) schedule plateau(patience: 0, metric: accuracy)", 5),
  ])
  func afterEachStep(_ training: String, _ stepsPerEpoch: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let whole = try harness(training)
    let expected = try run(whole)
    #expect(expected.ending == .completed)
    var parts = try harness(training)
    var outcome = expected
    var count = 0
    repeat {
      parts = try harness(training)
      let checkpoints = try CheckpointOptions(
        path: path, interval: 1000, count: 1, resumes: count > 0)
      outcome = try run(parts, checkpoints: checkpoints, stops: true)
      count += 1
      let steps = try SafeTensors(path).metadata["bnc.steps"]
      #expect(steps == "\(min(count, 4 * stepsPerEpoch))")
    } while outcome.ending != .completed && count < 100
    #expect(count > 4 * stepsPerEpoch)
    #expect(parts.bits == whole.bits)
    #expect(outcome.best == expected.best && outcome.bestKept == expected.bestKept)
    #expect(outcome.epochs.map(\.learningRate) == expected.epochs.map(\.learningRate))
    #expect(outcome.epochs.map(\.test.loss) == expected.epochs.map(\.test.loss))
  }

  /// Protects trainings that are judged by a part of the examples: they go on with the same part, are
  /// tested once in the end, and another part is refused.
  @Test func ofAValidationPart() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let training = "optimizer momentum schedule plateau(patience: 0, metric: accuracy)"
    func split(_ share: Double, stratified: Bool = false) -> ValidationSplit {
      ValidationSplit(share: share, isStratified: stratified, seed: 9)
    }
    func goOn(_ split: ValidationSplit?, stops: Bool = false) throws -> Trainer.Outcome {
      let resumes = FileManager.default.fileExists(atPath: path)
      return try run(
        harness(training), split: split,
        checkpoints: .init(path: path, interval: 1000, count: 1, resumes: resumes), stops: stops)
    }
    let expected = try run(try harness(training), split: split(0.4))
    for _ in 0..<8 { _ = try goOn(split(0.4), stops: true) }
    for (other, words) in [
      (nil, "its number of examples to train on is 12, not 20"),
      (split(0.41), "its --validation is 0.4, not 0.41"),
      (split(0.4, stratified: true), "its --validation is 0.4, not 0.4 --stratified"),
    ] {
      let failure = #expect(throws: Failure.self) { try goOn(other) }
      #expect(failure?.what.contains(words) == true, "\(failure?.what ?? "")")
    }
    let outcome = try goOn(split(0.4))
    #expect(outcome.judge == .validation && outcome.best == expected.best)
    #expect(outcome.epochs.map(\.judge) == expected.epochs.map(\.judge))
    #expect(outcome.epochs.map(\.test.loss) == expected.epochs.map(\.test.loss))
    #expect(outcome.test != nil && outcome.test == expected.test)
  }

  /// Protects `--load` and `--weights` of a checkpoint: what lies under the parameters' names is what
  /// was evaluated, an average where there is one.
  @Test(arguments: ["average ema(0.75)", "average lookahead(k: 3)", ""])
  func holdsWhatWasEvaluated(_ average: String) throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let trained = try harness("optimizer momentum \(average)")
    let outcome = try run(
      trained,
      checkpoints: .init(path: path, interval: nil, count: 1, resumes: false))
    let loaded = try harness("optimizer momentum \(average)")
    _ = try loaded.network.loadWeights(from: path)
    let evaluator = try Evaluator(loaded.network)
    guard case .done(let found) = try evaluator.evaluate(Self.dataset().test, [.accuracy]) else {
      Issue.record("the evaluation was not finished")
      return
    }
    #expect(found.loss == outcome.epochs.last?.test.loss)
  }
}
