import Foundation
import Glibc
import Synchronization
import Testing

@testable import Runner

/// Keeps what it is told.
private struct Recorder: TrainingReport {
  var steps: [(epoch: Int, step: Int, loss: Double)] = []
  var results: [EpochResult] = []
  var stops = 0
  mutating func didStep(epoch: Int, step: Int, loss: Double) { steps.append((epoch, step, loss)) }
  mutating func didEnd(_ result: EpochResult) { results.append(result) }
  mutating func didStop() { stops += 1 }
}

@Suite(.enabled(if: Fixture.isAvailable, "needs clang"))
struct TrainerTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func train(
    _ network: Network, count: Int = 203, epochs: Int = 20, rate: Double = 0.05,
    keeps: Trainer.Keeping = .last, stop: StopSignal = .never, into recorder: inout Recorder
  ) throws -> Trainer.Outcome {
    let dataset = Dataset(
      name: "fixture", training: try Fixture.examples(count),
      test: try Fixture.examples(50, seed: 8))
    var trainer = try Trainer(
      network, dataset: dataset,
      options: .init(epochs: epochs, learningRate: rate, seed: 1, keeps: keeps), stop: stop)
    return try trainer.run(report: &recorder)
  }

  /// Protects the loop as a whole: it learns, keeps the last small batch, and reports each epoch.
  @Test func learns() throws {
    var recorder = Recorder()
    let network = try Fixture.network(in: scratch)
    let outcome = try train(network, into: &recorder)
    #expect(outcome.ending == .completed)
    #expect(outcome.epochs.count == 20)
    #expect(recorder.steps.count == 20 * 26)  // 203 examples, 8 a batch: 25 full, one of 3
    #expect(try #require(outcome.epochs.last?.test.accuracy) > 0.85)
    #expect(try #require(outcome.epochs.first).loss > outcome.epochs[19].loss)
    #expect(outcome.epochs[19].imagesPerSecond > 0)
  }

  /// Protects schedules: each step is told its number and that of all steps, and a run that is as
  /// long as can be said has a number too.
  @Test func schedules() throws {
    let network = try Fixture.network(["SCHEDULE"], in: scratch)
    var recorder = Recorder()
    _ = try train(network, count: 20, epochs: 2, rate: 0.06, into: &recorder)
    let rates = recorder.results.map { $0.learningRate ?? .nan }
    #expect(rates.count == 2 && abs(rates[0] - 0.04) < 1e-16 && abs(rates[1] - 0.01) < 1e-16)
    #expect(PlainReport.line(recorder.results[0]).hasSuffix(", Learning_rate 0.04"))
    let outcome = try train(network, epochs: .max, stop: StopSignal { 2 }, into: &recorder)
    #expect(outcome.ending == .stopped(signal: 2))
    let constant = try Fixture.network(in: scratch)
    #expect(try train(constant, epochs: 1, into: &recorder).epochs[0].learningRate == nil)
  }

  /// Protects what is saved on request: the weights of the best epoch, which a shorter run ends
  /// with, and not those of the last one. Without an epoch, and without the request, nothing is put
  /// back.
  @Test func keepsTheBest() throws {
    func run(_ epochs: Int, _ keeps: Trainer.Keeping) throws -> (Trainer.Outcome, [[Double]]) {
      let network = try Fixture.network(in: scratch)
      var recorder = Recorder()
      let outcome = try train(network, epochs: epochs, rate: 0.8, keeps: keeps, into: &recorder)
      let saved = try network.plugin.description.savedTensors.map {
        try network.regions.tensor($0).values
      }
      return (outcome, saved)
    }
    let (outcome, weights) = try run(12, .best)
    let accuracies = outcome.epochs.map { $0.test.accuracy ?? -1 }
    let best = try #require(accuracies.firstIndex(of: accuracies.max() ?? 0))
    try #require(best < 11, "the last epoch is the best: nothing is tested")
    #expect(outcome.bestKept == best)
    #expect(try run(best + 1, .last).1 == weights)
    let (last, others) = try run(12, .last)
    #expect(last.bestKept == nil && others != weights)
    #expect(try run(0, .best).0.bestKept == nil)
  }

  /// Protects the promise that the threads' number does not change a bit of the result.
  @Test func doesNotDependOnThreads() throws {
    var bytes: [[UInt8]] = []
    for threads in [1, 3] {
      let network = try Fixture.network(threads: threads, in: scratch)
      var recorder = Recorder()
      _ = try train(network, epochs: 2, into: &recorder)
      let tensor = try network.regions.tensor(network.plugin.description.tensors[0])
      bytes.append(Array(tensor.bytes))
    }
    #expect(bytes[0] == bytes[1])
  }

  /// Protects the moving loss: the first batch's mean as it is, then 99 to 1, anew in each epoch.
  @Test func movesTheLossAsTheReferenceDoes() {
    var loss = MovingLoss()
    #expect(loss.value == 0)
    loss.add(2)
    #expect(loss.value == 2)
    loss.add(1)
    #expect(loss.value == 0.99 * 2 + 0.01)
  }

  /// Protects the weights from a loss that is not finite: the run stops at that step, names the
  /// layer, and what is left is what the last finite loss was computed with.
  @Test func stopsWhenTheLossIsNotFinite() throws {
    let network = try Fixture.network(in: scratch)
    let weight = network.plugin.description.tensors[0]
    var recorder = Recorder()
    let outcome = try train(network, rate: 1e38, into: &recorder)
    guard case .notFinite(let place, let epoch, let step) = outcome.ending else {
      Issue.record("ended by \(outcome.ending)")
      return
    }
    #expect(place.layer == "dense1")
    #expect(epoch == 0)
    let finite = try #require(step)
    #expect(finite == recorder.steps.count)
    #expect(recorder.stops == 1)
    // The last finite loss was computed with what all steps but the last one had made.
    let other = try Fixture.network(in: scratch)
    let calls = Atomic<Int>(1)
    let signal = StopSignal {
      calls.wrappingAdd(1, ordering: .relaxed).oldValue == finite - 1 ? SIGTERM : nil
    }
    _ = try train(other, rate: 1e38, stop: signal, into: &recorder)
    #expect(try network.regions.tensor(weight).values == other.regions.tensor(weight).values)
  }

  /// Protects Ctrl-C: the step under way is the last one.
  @Test func stopsAfterTheStep() throws {
    let network = try Fixture.network(in: scratch)
    var recorder = Recorder()
    let signal = StopSignal { 2 }
    let outcome = try train(network, stop: signal, into: &recorder)
    #expect(outcome.ending == .stopped(signal: 2))
    #expect(recorder.steps.count == 1)
  }

  /// Protects the handler itself: SIGINT becomes a wish instead of the process's end.
  @Test func turnsSignalsIntoWishes() {
    let signal = StopSignal.install()
    #expect(signal.signal == nil)
    // To the process, as a terminal sends it: the threads that run tests take no signals.
    kill(getpid(), SIGINT)
    for _ in 0..<1000 where signal.signal == nil { usleep(2000) }
    #expect(signal.signal == SIGINT)
    // The first wish restores what a second Ctrl-C does; put both back for the test's own process.
    Glibc.signal(SIGINT, SIG_DFL)
    Glibc.signal(SIGTERM, SIG_DFL)
  }

  /// Protects models with real targets: no accuracy, and null rather than nothing in the JSON.
  @Test func trainsOnRealTargets() throws {
    let network = try Fixture.network(["REGRESSION"], in: scratch)
    let inputs = try Fixture.examples(40).inputs[0].converted(to: .float32)
    let scaled = try Tensor(shape: [40, 4], values: inputs.values.map { $0 / 255 }, as: .float32)
    let targets = try Tensor(
      shape: [40, 3], values: (0..<120).map { scaled[$0 / 3 * 4 + $0 % 3] * 2 }, as: .float32)
    let examples = Examples(inputs: scaled, targets: .values(targets))
    var trainer = try Trainer(
      network, dataset: Dataset(name: "", training: examples, test: examples),
      options: .init(epochs: 60, learningRate: 0.05, seed: 1), stop: .never)
    var recorder = Recorder()
    let outcome = try trainer.run(report: &recorder)
    let last = try #require(outcome.epochs.last)
    #expect(last.test.accuracy == nil)
    #expect(last.test.loss < 0.01)
    #expect(PlainReport.line(last).contains(", Test_loss "))
    let json = String(decoding: try JSONEncoder().encode(last), as: UTF8.self)
    #expect(json.contains("\"train_accuracy\":null"))
  }

  /// Protects against using running statistics that hold nothing.
  @Test func refusesToEvaluateWhatWasNeverTrained() throws {
    let network = try Fixture.network(in: scratch)
    let examples = try Fixture.examples(5)
    #expect(failure { _ = try network.evaluate(examples, []) }.contains("was never trained"))
  }
}
