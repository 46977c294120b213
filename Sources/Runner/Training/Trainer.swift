import Diagnostics
import PluginABI

/// The training loop of the reference: shuffle, step, moving loss, evaluate both sets.
package struct Trainer {
  /// What the command line decides.
  package struct Options: Hashable, Sendable {
    /// How many epochs to train.
    package var epochs: Int
    /// What the optimizer multiplies gradients by, before the model's schedule.
    package var learningRate: Double
    /// Where the shuffling starts from.
    package var seed: UInt64
    /// Which epoch's weights are there in the end.
    package var keeps: Keeping
    /// What an epoch is judged by, beside what is usual.
    package var metrics: [Metric]

    /// Options from their parts.
    package init(
      epochs: Int, learningRate: Double, seed: UInt64, keeps: Keeping = .last,
      metrics: [Metric] = []
    ) {
      self.epochs = epochs
      self.learningRate = learningRate
      self.seed = seed
      self.keeps = keeps
      self.metrics = metrics
    }
  }

  /// Which epoch's weights are kept.
  package enum Keeping: String, Hashable, Sendable, CaseIterable {
    case last, best
  }

  /// Why training ended.
  package enum Ending: Hashable, Sendable {
    case completed
    /// By a signal; the step that was under way is done.
    case stopped(signal: Int32)
    /// The last weights of a finite loss are back in place. `step` counts from 0 within its epoch;
    /// nil means in the evaluation after it.
    case notFinite(Network.NotFinite, epoch: Int, step: Int?)
  }

  /// What training came to.
  package struct Outcome: Hashable, Sendable {
    /// The epochs that were trained to their end.
    package var epochs: [EpochResult]
    /// Why there are no more.
    package var ending: Ending
    /// The epoch whose weights the network holds, where these are the best ones.
    package var bestKept: Int?
    /// Over the test set with the weights that the network holds, where another part judged the
    /// epochs.
    package var test: Evaluation?
  }

  private let network: Network
  private let dataset: Dataset
  private let options: Options
  private let stop: StopSignal
  private let evaluator: Evaluator
  /// Those that are reported, and the accuracy, which the best epoch goes by.
  private let metrics: [Metric]
  private var lastFinite: FiniteCheckpoint
  private var best: BestCheckpoint?
  private var shuffle: Shuffle
  /// The hyperparameters of the training, and of the step under way.
  private let hyperparameters: [Double]
  private var settings: StepSettings

  /// A loop over `dataset` that goes on from what `network` holds.
  package init(_ network: Network, dataset: Dataset, options: Options, stop: StopSignal) throws {
    self.network = network
    self.dataset = dataset
    self.options = options
    self.stop = stop
    evaluator = try Evaluator(network)
    let isOfClasses = network.plugin.description.targets.contains { $0.classes != nil }
    let usual: [Metric] = isOfClasses ? [.accuracy] : []
    metrics = usual + options.metrics.filter { !usual.contains($0) }
    lastFinite = try FiniteCheckpoint(network.regions)
    hyperparameters = network.plugin.description.hyperparameters(
      learningRate: options.learningRate)
    settings = StepSettings(step: 0, seed: options.seed, hyperparameters: hyperparameters)
    best = options.keeps == .best ? try BestCheckpoint(network.regions) : nil
    shuffle = Shuffle(count: dataset.training.count, seed: options.seed)
  }

  /// Trains, and tells `report` of every step and epoch.
  package mutating func run(report: inout some TrainingReport) throws -> Outcome {
    var outcome = try runEpochs(report: &report)
    outcome.bestKept = best?.restore(network.regions)
    // What is saved is what was evaluated.
    network.regions.exchangeAverages(network.plugin.description)
    if dataset.validation != nil, dataset.hasOwnTest, !outcome.epochs.isEmpty,
      case .done(let test) = try evaluator.evaluate(dataset.test, metrics)
    {
      outcome.test = test
    }
    if outcome.ending != .completed { report.didStop() }
    return outcome
  }

  private mutating func runEpochs(report: inout some TrainingReport) throws -> Outcome {
    var epochs: [EpochResult] = []
    let size = dataset.training.count
    report.begin(epochs: options.epochs, stepsPerEpoch: stepsPerEpoch, examplesPerEpoch: size)
    for epoch in 0..<options.epochs {
      let start = ContinuousClock.now
      let (loss, ending) = try trainEpoch(epoch, report: &report)
      let seconds = (ContinuousClock.now - start).seconds
      if let ending { return Outcome(epochs: epochs, ending: ending) }
      report.willEvaluate(epoch: epoch)
      switch try evaluateEpoch(epoch) {
      case .failure(let early): return Outcome(epochs: epochs, ending: early.ending)
      case .success(let (training, test)):
        let result = EpochResult(
          epoch: epoch, loss: loss, training: training, test: test, judge: dataset.judge.part,
          learningRate: learningRate, trainSeconds: seconds,
          imagesPerSecond: Double(size) / max(seconds, 1e-9))
        epochs.append(result)
        best?.didEvaluate(network.regions, epochs)
        try report.didEnd(result)
      }
    }
    return Outcome(epochs: epochs, ending: .completed)
  }

  /// The examples of all passes of a step, at most.
  private var examplesPerStep: Int {
    network.plugin.description.batch * network.plugin.description.passes
  }

  private var stepsPerEpoch: Int {
    (dataset.training.count + examplesPerStep - 1) / examplesPerStep
  }

  /// The steps of the whole training; the largest number there is where there are more.
  private var steps: UInt64 {
    let (steps, overflow) = UInt64(options.epochs).multipliedReportingOverflow(
      by: UInt64(stepsPerEpoch))
    return overflow ? .max : steps
  }

  /// The learning rate of the step under way, where a schedule changes it.
  private var learningRate: Double? {
    let description = network.plugin.description
    return description.hasSchedule ? description.learningRate(of: settings.hyperparameters) : nil
  }

  /// All steps of an epoch: the moving loss, and the ending if it ended the training.
  private mutating func trainEpoch(_ epoch: Int, report: inout some TrainingReport) throws
    -> (loss: Double, ending: Ending?)
  {
    let size = examplesPerStep
    var loss = MovingLoss()
    shuffle.shuffle(epoch: epoch)
    settings.epoch = UInt64(epoch)
    for (step, start) in stride(from: 0, to: shuffle.rows.count, by: size).enumerated() {
      let count = min(size, shuffle.rows.count - start)
      lastFinite.willStep(network.regions)
      let pass = try trainStep(start..<start + count)
      if let place = pass.notFinite {
        lastFinite.restore(network.regions)
        return (loss.value, .notFinite(place, epoch: epoch, step: step))
      }
      lastFinite.didStep()
      loss.add(pass.loss / Double(count))
      if let learningRate { report.didSchedule(learningRate: learningRate) }
      report.didStep(epoch: epoch, step: step, loss: loss.value)
      if let signal = stop.signal { return (loss.value, .stopped(signal: signal)) }
    }
    return (loss.value, nil)
  }

  /// A step over the examples at places `range` of the epoch, in one pass or several: the sum of the
  /// examples' losses, or the first pass whose loss is not finite.
  private mutating func trainStep(_ range: Range<Int>) throws -> Network.Pass {
    let batch = network.plugin.description.batch
    settings.step += 1
    settings.hyperparameters = network.scheduled(hyperparameters, step: settings.step, of: steps)
    settings.passes = (range.count + batch - 1) / batch
    settings.examples = range.count
    var whole = Network.Pass(loss: 0, parts: [], notFinite: nil)
    for (index, start) in stride(from: range.lowerBound, to: range.upperBound, by: batch)
      .enumerated()
    {
      settings.pass = index
      let pass = try shuffle.rows.withUnsafeBufferPointer { rows in
        let chosen = rows[start..<min(start + batch, range.upperBound)]
        return try dataset.training.withBatch(of: UnsafeBufferPointer(rebasing: chosen)) {
          try network.train($0, settings)
        }
      }
      if pass.notFinite != nil { return pass }
      whole.loss += pass.loss
    }
    return whole
  }

  private struct EarlyEnd: Error { var ending: Ending }

  private func evaluateEpoch(_ epoch: Int) throws -> Result<
    (training: Evaluation, test: Evaluation), EarlyEnd
  > {
    var evaluations: [Evaluation] = []
    for examples in [dataset.judge.examples, dataset.training] {
      network.regions.exchangeAverages(network.plugin.description)
      let found = Result { try evaluator.evaluate(examples, metrics, stop: stop) }
      network.regions.exchangeAverages(network.plugin.description)
      switch try found.get() {
      case .done(let evaluation): evaluations.append(evaluation)
      case .stopped: return .failure(EarlyEnd(ending: .stopped(signal: stop.signal ?? 0)))
      case .notFinite(let place):
        lastFinite.restore(network.regions)
        return .failure(EarlyEnd(ending: .notFinite(place, epoch: epoch, step: nil)))
      }
    }
    return .success((training: evaluations[1], test: evaluations[0]))
  }
}
