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
    /// What is told of an epoch, beside what is usual.
    package var metrics: [Metric]
    /// What the best epoch is the best in; nil for what is usual.
    package var monitor: Monitor?
    /// After how many epochs without a better one training ends.
    package var patience: Int?

    /// Options from their parts.
    package init(
      epochs: Int, learningRate: Double, seed: UInt64, keeps: Keeping = .last,
      metrics: [Metric] = [], monitor: Monitor? = nil, patience: Int? = nil
    ) {
      self.epochs = epochs
      self.learningRate = learningRate
      self.seed = seed
      self.keeps = keeps
      self.metrics = metrics
      self.monitor = monitor
      self.patience = patience
    }
  }

  package let network: Network
  let dataset: Dataset
  package let options: Options
  private let stop: StopSignal
  private let evaluator: Evaluator
  let checkpoints: CheckpointOptions?
  /// What checkpoints say of the data; nothing where there are none.
  let dataOrigin: [CheckpointHeader.Origin]
  /// What the best epoch is the best in, and what a plateau is looked for in.
  let monitor: Monitor
  private let plateauMonitor: Monitor?
  /// Those that are reported, and those that epochs are judged by.
  private let metrics: [Metric]
  var lastFinite: FiniteCheckpoint
  var best: BestCheckpoint?
  var progress = TrainingProgress()
  /// Whether nothing has happened since the last checkpoint.
  private var isWritten = false
  private var shuffle: Shuffle
  private var settings: StepSettings
  /// What steps see of the training part, where it is not what it is.
  private let sounds: NoisySounds?

  /// A loop over `dataset` that goes on from what `network` holds, or from a checkpoint.
  package init(
    _ network: Network, dataset: Dataset, options: Options, checkpoints: CheckpointOptions? = nil,
    stop: StopSignal
  ) throws {
    self.network = network
    self.dataset = dataset
    self.options = options
    self.stop = stop
    self.checkpoints = checkpoints
    dataOrigin = checkpoints == nil ? [] : Self.origin(of: dataset)
    sounds = try NoisySounds(network.plugin.description, dataset, seed: options.seed)
    evaluator = try Evaluator(network, among: network.processes)
    let description = network.plugin.description
    let usual = Monitor.usual(for: description)
    let monitor = options.monitor ?? usual
    let plateauMonitor = try description.plateau.map { try Monitor($0.metric, for: description) }
    let judges = [monitor, plateauMonitor].compactMap { $0?.metric }
    metrics = ([usual.metric].compactMap(\.self) + options.metrics + judges).reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
    (self.monitor, self.plateauMonitor) = (monitor, plateauMonitor)
    lastFinite = try FiniteCheckpoint(network.regions)
    settings = StepSettings(step: 0, seed: options.seed, hyperparameters: [])
    best = options.keeps == .best ? try BestCheckpoint(network.regions) : nil
    shuffle = Shuffle(count: dataset.training.count, seed: options.seed)
    if let checkpoints, checkpoints.goesOn {
      try restore(from: checkpoints.path)
      isWritten = true
    }
  }

  /// The epochs that have ended so far, those of the run that it goes on from too.
  package var epochs: [EpochResult] { progress.epochs }

  /// `epoch 3, after step 20 of 938`: where the training stands.
  package var place: String {
    "epoch \(progress.epoch)"
      + (progress.epochSteps > 0 ? ", after step \(progress.epochSteps) of \(stepsPerEpoch)" : "")
  }

  /// Trains, and tells `report` of every step and epoch.
  package mutating func run(report: inout some TrainingReport) throws -> Outcome {
    let ending = try runEpochs(report: &report)
    if case .notFinite = ending {
      // The last checkpoint is of numbers that were finite.
    } else {
      try writeCheckpoint()
    }
    var outcome = Outcome(
      epochs: progress.epochs, ending: ending, judge: dataset.judge.part, monitor: monitor,
      best: progress.best)
    outcome.bestKept = best?.restore(network.regions)
    // What is saved is what was evaluated.
    network.regions.exchangeAverages(network.plugin.description)
    switch ending {
    case .completed, .noImprovement:
      if dataset.validation != nil, dataset.hasOwnTest, !outcome.epochs.isEmpty,
        case .done(let test) = try evaluator.evaluate(dataset.test, metrics, stop: stop)
      {
        outcome.test = test
      }
    case .stopped, .notFinite: report.didStop()
    }
    return outcome
  }

  private mutating func runEpochs(report: inout some TrainingReport) throws -> Ending {
    let size = dataset.training.count
    report.begin(epochs: options.epochs, stepsPerEpoch: stepsPerEpoch, examplesPerEpoch: size)
    while progress.epoch < options.epochs {
      let waited = progress.epochsWithoutImprovement
      if let patience = options.patience, waited >= patience, !progress.epochs.isEmpty {
        return .noImprovement(epochs: waited)
      }
      let epoch = progress.epoch
      let examples = size - min(progress.epochSteps * examplesPerStep, size)
      let start = ContinuousClock.now
      if let ending = try trainEpoch(report: &report) { return ending }
      let seconds = (ContinuousClock.now - start).seconds
      report.willEvaluate(epoch: epoch)
      switch try evaluateEpoch(epoch) {
      case .failure(let early): return early.ending
      case .success(let (training, test)):
        let result = EpochResult(
          epoch: epoch, loss: progress.loss.value, training: training, test: test,
          judge: dataset.judge.part,
          learningRate: learningRate, trainSeconds: seconds,
          imagesPerSecond: Double(examples) / max(seconds, 1e-9))
        didEvaluate(result)
        if let processes = network.processes { try network.checkAgreement(of: processes) }
        // First, so that what cannot be told costs no epoch.
        if let checkpoints, checkpoints.interval == nil { try writeCheckpoint() }
        try report.didEnd(result)
      }
    }
    return .completed
  }

  private mutating func didEvaluate(_ result: EpochResult) {
    progress.didEnd(result, monitor)
    if let plateau = network.plugin.description.plateau, let plateauMonitor {
      progress.plateau.didEvaluate(
        plateauMonitor.value(of: result.test), plateauMonitor, plateau)
    }
    best?.didEvaluate(network.regions, progress)
    isWritten = false
  }

  /// The examples of all passes of a step, at most.
  private var examplesPerStep: Int {
    network.plugin.description.wholeBatch * network.plugin.description.passes
  }

  var stepsPerEpoch: Int {
    (dataset.training.count + examplesPerStep - 1) / examplesPerStep
  }

  /// The steps of the whole training; the largest number there is where there are more.
  private var steps: UInt64 {
    let (steps, overflow) = UInt64(options.epochs).multipliedReportingOverflow(
      by: UInt64(stepsPerEpoch))
    return overflow ? .max : steps
  }

  /// The learning rate of the last step, where it changes over the training.
  private var learningRate: Double? {
    let description = network.plugin.description
    return description.hasSchedule ? description.learningRate(of: settings.hyperparameters) : nil
  }

  /// What step `step` is told, from 1 on.
  private func hyperparameters(ofStep step: UInt64) -> [Double] {
    network.scheduled(
      network.plugin.description.hyperparameters(
        learningRate: options.learningRate * progress.plateau.factor),
      step: step, of: steps, epochSteps: UInt64(stepsPerEpoch))
  }

  /// The steps of an epoch that are left, and the ending if one of them ended the training.
  private mutating func trainEpoch(report: inout some TrainingReport) throws -> Ending? {
    let size = examplesPerStep
    let epoch = progress.epoch
    shuffle.shuffle(epoch: epoch)
    settings.epoch = UInt64(epoch)
    settings.hyperparameters = hyperparameters(ofStep: max(progress.steps, 1))
    for step in progress.epochSteps..<stepsPerEpoch {
      let start = step * size
      let count = min(size, shuffle.rows.count - start)
      lastFinite.willStep(network.regions)
      let pass = try trainStep(start..<start + count)
      if let place = pass.notFinite {
        lastFinite.restore(network.regions)
        return .notFinite(place, epoch: epoch, step: step)
      }
      lastFinite.didStep()
      progress.steps += 1
      progress.epochSteps += 1
      progress.loss.add(pass.loss / Double(count))
      isWritten = false
      if let learningRate { report.didSchedule(learningRate: learningRate) }
      report.didStep(epoch: epoch, step: step, loss: progress.loss.value)
      if let signal = stopSignal { return .stopped(signal: signal) }
      if let interval = checkpoints?.interval, progress.steps % UInt64(interval) == 0 {
        try writeCheckpoint()
      }
    }
    return nil
  }

  /// The signal that asks for the end, of whichever process.
  private var stopSignal: Int32? {
    network.processes.map { $0.agree(on: stop.signal) } ?? stop.signal
  }

  /// Writes a checkpoint where they are asked for, unless there is one of this moment: one process for
  /// all.
  private mutating func writeCheckpoint() throws {
    guard let checkpoints, !isWritten, network.processes?.leads ?? true else { return }
    try write(to: checkpoints)
    isWritten = true
  }

  /// A step over the examples at places `range` of the epoch, in one pass or several: the sum of the
  /// examples' losses, or the first pass whose loss is not finite.
  private mutating func trainStep(_ range: Range<Int>) throws -> Network.Pass {
    let description = network.plugin.description
    let batch = description.wholeBatch
    settings.step = progress.steps + 1
    settings.steps = steps
    settings.hyperparameters = hyperparameters(ofStep: settings.step)
    settings.passes = (range.count + batch - 1) / batch
    settings.examples = range.count
    var whole = Network.Pass(loss: 0, parts: [], counts: [])
    for (index, start) in stride(from: range.lowerBound, to: range.upperBound, by: batch)
      .enumerated()
    {
      let all = shuffle.rows[start..<min(start + batch, range.upperBound)]
      let share = BatchShare(
        of: network.processes?.rank ?? 0, among: description.processes, examples: all.count,
        mirrors: description.sharesMirror)
      let chosen = share.chosen(of: all)
      (settings.pass, settings.whole, settings.first) = (index, all.count, share.first)
      let examples =
        try sounds?.examples(chosen, epoch: progress.epoch, pool: network.pool)
        ?? dataset.training
      let pass = try chosen.withUnsafeBufferPointer { chosen in
        try examples.withBatch(of: chosen) { try network.train($0, settings) }
      }
      if pass.notFinite != nil { return pass }
      whole.loss += pass.loss
    }
    // Nobody could load what would be saved.
    if let statistic = network.notFiniteStatistic {
      whole.notFinite = Network.NotFinite(statistic: statistic)
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
      case .stopped: return .failure(EarlyEnd(ending: .stopped(signal: stopSignal ?? 0)))
      case .notFinite(let place):
        lastFinite.restore(network.regions)
        return .failure(EarlyEnd(ending: .notFinite(place, epoch: epoch, step: nil)))
      }
    }
    return .success((training: evaluations[1], test: evaluations[0]))
  }
}
