import Diagnostics
import Driver
import Files
import Runner
import Synchronization

/// Trains the runs of a sweep that are missing in its folder, several at a time.
///
/// They are trainings of this one process: their data are read once, and with it all of them end.
struct SweepRunner {
  /// One training.
  struct Run: Sendable {
    let trial: SweepTrial
    let seed: UInt64
    /// The trial's model.
    let source: SourceFile
  }

  /// What is done, and what is not.
  struct Outcome: Sendable {
    var records: [SweepRecord] = []
    var lost: [SweepSummary.Lost] = []
    /// What asked for the end, before all was done.
    var signal: Int32?
  }

  private let arguments: Sweep
  private let folder: SweepFolder
  private let data: SweepData
  private let done: [SweepRecord]
  private let missing: [Run]
  private let jobs, threads: Int
  /// What runs are compared by, and over which part of the data.
  let monitor: Monitor
  let judge: Dataset.Part

  /// How many runs there are, those that are done among them.
  var count: Int { done.count + missing.count }

  /// Opens the folder, and checks with the first model all that is asked of a training.
  ///
  /// - Throws: a failure about the folder, the data or a metric.
  init(_ arguments: Sweep, _ models: SweepModels) throws {
    self.arguments = arguments
    data = SweepData(arguments.data, arguments.training)
    let first = try Self.plugin(of: models.sources[0], arguments)
    let options = try arguments.training.options(
      for: first.description, learningRate: nil, seed: arguments.seed, keeps: .best)
    monitor = options.monitor ?? Monitor.usual(for: first.description)
    let pool = try ThreadPool(threads: availableCores())
    let dataset = try arguments.training.split(
      data.dataset(for: first, pool: pool), seed: arguments.seed)
    judge = dataset.judge.part
    noteFiles(dataset.notes)
    if arguments.data.data != nil { noteScale(dataset.training.scaleNote(first.description)) }
    let settings = arguments.settings(of: models)
    folder = try SweepFolder(arguments.into, settings)
    var (done, missing): ([SweepRecord], [Run]) = ([], [])
    // Seed by seed: every combination has a result before one has its second.
    for seed in arguments.seed..<arguments.seed + UInt64(arguments.seeds) {
      for (trial, source) in zip(models.trials, models.sources) {
        if let record = try folder.record(of: trial, seed: seed) {
          done.append(record)
        } else {
          missing.append(Run(trial: trial, seed: seed, source: source))
        }
      }
    }
    (self.done, self.missing) = (done, missing)
    let cores = availableCores()
    threads = arguments.threads ?? max(1, cores / max(1, arguments.jobs ?? missing.count))
    jobs = min(arguments.jobs ?? max(1, cores / threads), max(1, missing.count))
  }

  /// What there is to do.
  var header: String {
    "\(count) \(count == 1 ? "run" : "runs") into \(folder.path)"
      + (done.isEmpty ? "" : ", \(done.count) of them done before")
      + (missing.isEmpty
        ? ""
        : ": \(jobs) at a time, \(threads) \(threads == 1 ? "thread" : "threads") each")
  }

  /// Trains what is missing; `write` is told of each run that ends.
  func run(_ write: @escaping @Sendable (String) -> Void) throws -> Outcome {
    let stop = StopSignal.install()
    let next = Mutex(0)
    let outcome = Mutex(Outcome(records: done))
    let pool = try ThreadPool(threads: jobs)
    pool.forEach(jobs) { _ in
      while stop.signal == nil {
        let index = next.withLock { next in
          defer { next += 1 }
          return next
        }
        guard index < missing.count else { return }
        let run = missing[index]
        let result = Result { try train(run, stop) }
        outcome.withLock { outcome in
          let what = outcome.add(result, of: run)
          if let what {
            let place = outcome.records.count + outcome.lost.count
            write("\(place)/\(count) \(run.trial.words), seed \(run.seed): \(what)")
          }
        }
      }
    }
    var found = outcome.withLock { $0 }
    if found.records.count + found.lost.count < count { found.signal = stop.signal }
    return found
  }

  /// One training, from its model to its record; nil where it was stopped.
  private func train(_ run: Run, _ stop: StopSignal) throws -> (record: SweepRecord, words: String)?
  {
    let clock = ContinuousClock()
    let start = clock.now
    let place = folder.folder(of: run.trial, seed: run.seed)
    try Folder.make(place, help: "name a folder that can be written with --into")
    let source = SourceFile(name: "\(place)/model.bn", text: run.source.text)
    try AtomicFile.write(source.text, to: source.name)
    let plugin = try Self.plugin(of: source, arguments)
    let options = try arguments.training.options(
      for: plugin.description, learningRate: nil, seed: run.seed, keeps: .best)
    let pool = try ThreadPool(threads: threads)
    let network = try Network(plugin, host: Host(pool: pool))
    let loaded = try arguments.training.start(network, seed: run.seed)
    let dataset = try arguments.training.split(
      data.dataset(for: plugin, pool: pool), seed: run.seed)
    _ = try network.startFromData(dataset.training, loaded: loaded)
    let settings = RunSettings(
      plugin.description, options, dataset: dataset, threads: threads, bncVersion: bncVersion,
      command: arguments.trainCommand(source.name, seed: run.seed))
    var trainer = try Trainer(network, dataset: dataset, options: options, stop: stop)
    var report = try LogReport("\(place)/log.csv", settings)
    let outcome = try trainer.run(report: &report)
    if case .stopped = outcome.ending { return nil }
    if arguments.save {
      try network.saveWeights(
        to: "\(place)/weights.safetensors", classNames: dataset.training.classNames)
    }
    let record = SweepRecord(
      run.trial.settings, seed: run.seed, outcome, failure: outcome.failure,
      seconds: start.duration(to: clock.now) / .seconds(1))
    try folder.write(record, of: run.trial)
    let words =
      record.value.map {
        "\(outcome.judge.rawValue) \(outcome.monitor.name) \(shortest($0, digits: 5))"
          + (record.bestEpoch.map { " in epoch \($0)" } ?? "")
      } ?? record.failure
    return (record, words ?? "no result")
  }

  private static func plugin(of source: SourceFile, _ arguments: Sweep) throws -> LoadedPlugin {
    try PluginResolver.load(
      source, batch: nil, compiler: arguments.cc,
      needs: .init(showsWarnings: false, frozen: arguments.training.freeze))
  }
}

extension SweepRunner.Outcome {
  /// Takes the result of a run in, and says in words what it is; nil of one that was stopped.
  fileprivate mutating func add(
    _ result: Result<(record: SweepRecord, words: String)?, any Error>, of run: SweepRunner.Run
  ) -> String? {
    switch result {
    case .success(let ended?):
      records.append(ended.record)
      return ended.words
    case .success(nil): return nil
    case .failure(let error):
      let reason = (error as? Failure)?.description ?? "\(error)"
      let line = reason.replacing("\n", with: "; ")
      lost.append(.init(trial: run.trial, seed: run.seed, reason: line))
      return "failed: \(line)"
    }
  }
}

extension Trainer.Outcome {
  /// Why it is no result; nil where it is one.
  fileprivate var failure: String? {
    switch ending {
    case .completed, .noImprovement: epochs.isEmpty ? "no epoch was trained" : nil
    case .stopped: "was stopped"
    case .notFinite(let place, let epoch, let step):
      "the loss is not finite in "
        + (step.map { "step \($0) of epoch \(epoch)" } ?? "the evaluation after epoch \(epoch)")
        + place.words
    }
  }
}

/// The examples of a sweep, read once for all models that want them alike.
private final class SweepData: Sendable {
  private let option: DataOption
  private let arguments: TrainingArguments
  private let loaded = Mutex<[ModelFormat: Result<Dataset, any Error>]>([:])
  private let recordings = Mutex<[SoundFeatures: Result<BackgroundRecordings?, any Error>]>([:])

  init(_ option: DataOption, _ arguments: TrainingArguments) {
    (self.option, self.arguments) = (option, arguments)
  }

  /// The examples for `plugin`; whoever else wants some waits while they are read.
  func dataset(for plugin: LoadedPlugin, pool: ThreadPool) throws -> Dataset {
    let background = try background(for: plugin)
    return try loaded.withLock { loaded in
      let format = ModelFormat(plugin.description)
      if let known = loaded[format] { return known }
      let result = Result { try option.dataset(for: plugin, pool: pool) }
      loaded[format] = result
      return result
    }.get().with(background)
  }

  /// The noise that `plugin` has added to its sounds, read once for all that make the same of sounds.
  private func background(for plugin: LoadedPlugin) throws -> BackgroundRecordings? {
    guard let input = plugin.description.inputs.first, let features = input.sound,
      input.background.map({ $0.frequency > 0 }) ?? false
    else { return try arguments.recordings(for: plugin, option) }
    return try recordings.withLock { recordings in
      if let known = recordings[features] { return known }
      let result = Result { try arguments.recordings(for: plugin, option) }
      recordings[features] = result
      return result
    }.get()
  }
}
