import ArgumentParser
import Diagnostics
import Files
import Runner

/// `bnc train`: the training loop, and the weights that come of it.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Trains a model.")

  @OptionGroup var network: NetworkOptions
  @OptionGroup var data: DataOption

  @Option(help: "How many epochs; the model's own number if left out.")
  var epochs: Int?

  @Option(help: "Where random numbers start: the first weights and the order of the examples.")
  var seed: UInt64 = 0

  @Option(
    name: .customLong("lr"),
    help: "The learning rate that the schedule starts from; the model's own if left out.")
  var learningRate: Double?

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

  @Option(
    help: """
      The share of the training examples to validate on instead, such as 0.1: drawn by --seed. The \
      best epoch goes by them, and the test examples are evaluated once, in the end. Left out, --data's \
      own validation part is taken, if it has one.
      """)
  var validation: Double?

  @Flag(help: "With --validation: each class gives this share of its examples.")
  var stratified = false

  @Option(
    help:
      """
      What the best epoch is the best in: loss, or a metric as in --metrics; the accuracy of classes \
      or the loss of real values if left out.
      """)
  var monitor: String?

  @Option(help: "After how many epochs without a better one to stop.")
  var patience: Int?

  @OptionGroup var checkpoints: CheckpointArguments

  @Option(
    help:
      """
      What else to tell of each epoch, with commas between: top5, precision, recall, f1 and auc of \
      classes, whose mean is told; mean_absolute_error, mean_squared_error, \
      root_mean_squared_error and r2 of real values.
      """)
  var metrics: String?

  @Option(
    help:
      """
      Weights to start from (safetensors), bnc's or PyTorch's: those that match by name and shape. \
      What is not loaded is told.
      """, completion: .file())
  var load: String?

  @Option(
    help: """
      Parameters that are not to learn, as if the model said 'frozen' of them: 'conv*.weight', \
      '*.bias'; can be given again (MODEL.bn only).
      """)
  var freeze: [String] = []

  @Flag(help: "With --load: refuse weights that are not exactly those of the model.")
  var strict = false

  @Option(
    help: "Where to draw loss, accuracy, and the learning rate where it changes (SVG).",
    completion: .file())
  var plot: String?

  @OptionGroup var watch: WatchArguments

  func validate() throws {
    if strict, load == nil { throw ValidationError("--strict is about the weights of --load.") }
    if let save, save == checkpoints.checkpoint {
      throw ValidationError("--save and --checkpoint are two files, and both are '\(save)'.")
    }
    if stratified, validation == nil {
      throw ValidationError("--stratified is about the share of --validation.")
    }
    if let validation, !(validation > 0 && validation < 1) {
      throw ValidationError("--validation must be above 0 and below 1.")
    }
    if let epochs, epochs < 0 { throw ValidationError("--epochs must be 0 or more.") }
    if let patience, patience < 1 { throw ValidationError("--patience must be 1 or more.") }
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
    let plugin = try network.load(needs: .init(frozen: freeze))
    guard plugin.description.canTrain else {
      throw Failure(
        "cannot train: it was compiled \(plugin.description.purpose)", path: plugin.path,
        help: "compile the model with --for training, or name the model (.bn)")
    }
    for path in [save, plot].compactMap(\.self) { try AtomicFile.checkWritable(path) }
    // What is asked for is checked before anything is read.
    let metrics = try metrics.map { try Metric.list($0, for: plugin.description) } ?? []
    let monitor = try monitor.map { try Monitor($0, for: plugin.description) }
    let checkpointOptions = try checkpoints.options()
    try watch.check()
    let pool = try network.makePool()
    let net = try Network(plugin, host: Host(pool: pool))
    net.regions.initialize(plugin.description, seed: seed)
    let loaded = try load.map { try net.loadWeights(from: $0, strict ? .exact : .matching) }
    if let loaded { noteWeights(loaded) }
    let dataset = try split(data.dataset(for: plugin, pool: pool))
    let options = Trainer.Options(
      epochs: epochs ?? plugin.description.epochs,
      learningRate: learningRate ?? plugin.description.learningRate, seed: seed, keeps: keep,
      metrics: metrics, monitor: monitor, patience: patience)
    let text = TrainingText(plugin.description, style: progress.resolved)
    text.writeHeader(options, dataset: dataset, threads: pool.threads, isDrawn: data.data == nil)
    noteFiles(dataset.notes)
    if data.data != nil { noteScale(dataset.training.scaleNote(plugin.description)) }
    text.write(try net.normalizeInputs(by: dataset.training, loaded: loaded))
    for weight in try net.whiten(by: dataset.training, loaded: loaded) { text.write(weight.note) }

    var trainer = try Trainer(
      net, dataset: dataset, options: options, checkpoints: checkpointOptions, stop: .install())
    if let checkpointOptions {
      text.writeStart(checkpointOptions, trainer, resumes: checkpoints.resume)
    }
    let watched = try WatchedRun(
      watch, net, dataset, options, network, pool: pool, earlier: trainer.epochs, frozen: freeze)
    var report = JointReport([progressReport] + watched.reports) {
      Terminal.writeError("warning: \($0)\nnote: the training goes on without it")
    }
    let outcome = try trainer.run(report: &report)
    text.writeEnding(outcome)
    // First what training was for.
    if let save { try net.saveWeights(to: save) }
    try text.draw(outcome.epochs, to: plot)
    text.write(try watched.writeReport(outcome))
    text.writeSaved(to: save, checkpoint: checkpointOptions?.path, outcome)
    if let failure = report.failure { throw failure }
    return text.exitCode(outcome, learningRate: options.learningRate)
  }

  /// The data with what `--validation` splits off.
  private func split(_ dataset: Dataset) throws -> Dataset {
    guard let validation else { return dataset }
    return try ValidationSplit(share: validation, isStratified: stratified, seed: seed)
      .split(dataset)
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
