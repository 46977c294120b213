import ArgumentParser
import Diagnostics
import Driver
import Files
import Lowering
import Runner

/// `bnc train`: the training loop, and the weights that come of it.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a model.",
    discussion: """
      Under `mpirun -n P` or srun, P processes train together, on one host or several, to the result of one \
      with the whole batch. That takes Open MPI (apt-get install openmpi-bin libopenmpi-dev) or MPICH.
      """)

  @OptionGroup var network: NetworkOptions
  @OptionGroup var data: DataOption

  @Option(help: "Where random numbers start: the first weights and the order of the examples.")
  var seed: UInt64 = 0

  @Option(
    name: .customLong("lr"),
    help: "The learning rate that the schedule starts from; the model's own if left out.")
  var learningRate: Double?

  @Option(
    help: ArgumentHelp(
      """
      Train in so much memory, such as 200M bytes, or in the least that is found: what there is no room \
      for is made once more when its gradient is taken, with the numbers of --exact. The examples' own \
      memory is not counted (MODEL.bn only).
      """, valueName: "size"))
  var memory: MemoryBudget?

  @Option(help: "What to show of the epochs.")
  var progress: ProgressStyle = .auto

  @Option(help: "Where to save the weights (safetensors).", completion: .file())
  var save: String?

  @Option(
    help: """
      Whose weights to save: those of the last epoch, or of the best in the validation, or in the \
      test where there is none.
      """)
  var keep: Trainer.Keeping = .last

  @OptionGroup var training: TrainingArguments
  @OptionGroup var checkpoints: CheckpointArguments

  @Option(
    help: "Where to draw loss, accuracy, and the learning rate where it changes (SVG).",
    completion: .file())
  var plot: String?

  @OptionGroup var watch: WatchArguments

  func validate() throws {
    if let save, save == checkpoints.checkpoint {
      throw ValidationError("--save and --checkpoint are two files, and both are '\(save)'.")
    }
    if let learningRate, !(learningRate.isFinite && learningRate >= 0) {
      throw ValidationError("--lr must be a number that is 0 or more.")
    }
  }

  func run() throws {
    let code = try train()
    if code != 0 { throw ExitCode(code) }
  }

  /// The exit code: 0, 1 for a loss that is not finite, or the shell's for a signal.
  private func train() throws -> Int32 {
    guard let processes = try JoinedProcesses.join() else { return try train(among: nil) }
    var command = self
    if !processes.leads { command.writeNothing() }
    let code = try command.train(among: processes)
    JoinedProcesses.leave()
    return code
  }

  /// One process writes for all.
  private mutating func writeNothing() {
    (save, plot, progress) = (nil, nil, ProgressStyle.none)
    watch = watch.withoutFiles
  }

  /// The same, as one of `processes` where there are several.
  private func train(among processes: MPIProcesses?) throws -> Int32 {
    let plugin = try plugin(for: processes)
    for path in [save, plot].compactMap(\.self) { try AtomicFile.checkWritable(path) }
    // What is asked for is checked before anything is read.
    let options = try training.options(
      for: plugin.description, learningRate: learningRate, seed: seed, keeps: keep)
    let checkpointOptions = try checkpoints.options(writes: processes?.leads ?? true)
    try watch.check()
    let pool = try network.makePool(of: processes)
    let net = try Network(plugin, host: .init(pool: pool, among: processes))
    let loaded = try training.start(net, seed: seed)
    if let loaded { noteWeights(loaded) }
    let background = try training.recordings(for: plugin, data)
    let dataset = try training.split(data.dataset(for: plugin, pool: pool), seed: seed)
      .with(background)
    let text = TrainingText(plugin.description, style: progress.resolved)
    text.writeHeader(options, dataset: dataset, threads: pool.threads, isDrawn: data.data == nil)
    text.write(background)
    noteFiles(dataset.notes)
    if data.data != nil { noteScale(dataset.training.scaleNote(plugin.description)) }
    text.write(lines: try net.startFromData(dataset.training, loaded: loaded))

    var trainer = try Trainer(
      net, dataset: dataset, options: options, checkpoints: checkpointOptions, stop: .install())
    if let processes { try agreement(trainer, dataset).check(processes) }
    checkpoints.tellOfCrashes(checkpointOptions)
    if let checkpointOptions {
      text.writeStart(checkpointOptions, trainer, resumes: checkpoints.resume)
    }
    let watched = try WatchedRun(
      watch, net, dataset, options, network, pool: pool, earlier: trainer.epochs,
      frozen: training.freeze)
    var report = JointReport([progressReport] + watched.reports) {
      Terminal.writeError("warning: \($0)\nnote: the training goes on without it")
    }
    let outcome = try trainer.run(report: &report)
    text.writeEnding(outcome)
    // First what training was for.
    if let save { try net.saveWeights(to: save, classNames: dataset.training.classNames) }
    try text.draw(outcome.epochs, to: plot)
    text.write(try watched.writeReport(outcome))
    text.writeSaved(to: save, checkpoint: checkpointOptions?.path, outcome)
    if let failure = report.failure { throw failure }
    return text.exitCode(outcome, learningRate: options.learningRate)
  }

  /// The plugin that trains.
  private func plugin(for processes: MPIProcesses?) throws -> LoadedPlugin {
    let plugin = try network.load(
      among: processes, needs: .init(frozen: training.freeze, memory: memory))
    guard plugin.description.canTrain else {
      throw Failure(
        "cannot train: it was compiled \(plugin.description.purpose)", path: plugin.path,
        help: "compile the model with --for training, or name the model (.bn)")
    }
    return plugin
  }

  /// What has to be the same in all processes before their first step.
  private func agreement(_ trainer: Trainer, _ dataset: Dataset) throws -> ProcessAgreement {
    var agreement = ProcessAgreement()
    agreement.add("version of bnc", bncVersion)
    try agreement.addProgram(at: "/proc/self/exe")
    agreement.add(trainer.options)
    agreement.add(dataset)
    agreement.add("place to go on from", trainer.place)
    try agreement.add(trainer.network)
    return agreement
  }

  private var progressReport: any TrainingReport {
    let writeLine: @Sendable (String) -> Void = { Terminal.write($0 + "\n") }
    switch progress.resolved {
    case .bar: return BarReport(columns: Terminal.columns ?? 80, write: Terminal.write)
    case .json: return JSONReport(write: writeLine)
    case .none: return SilentReport()
    case .plain, .auto: return PlainReport(write: writeLine)
    }
  }
}

extension Trainer.Keeping: ExpressibleByArgument {}
