import ArgumentParser
import Diagnostics
import Runner

/// What every training can be asked for, beside the settings of its model.
struct TrainingArguments: ParsableArguments {
  @Option(help: "How many epochs; the model's own number if left out.")
  var epochs: Int?

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

  @Option(
    help:
      """
      What else to tell of each epoch, with commas between: top5 (or another number) of classes; \
      precision, recall, f1 and auc of classes or labels, whose mean is told; accuracy of labels; \
      mean_absolute_error, mean_squared_error, root_mean_squared_error and r2 of real values, \
      labels too.
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

  @Option(
    help: """
      A folder with recordings of noise (WAV), pieces of which 'augment background' adds to sounds; \
      _background_noise_ beside the class folders, or beside train/ and test/, if left out.
      """, completion: .directory)
  var background: String?

  @Flag(help: "With --load: refuse weights that are not exactly those of the model.")
  var strict = false

  func validate() throws {
    if strict, load == nil { throw ValidationError("--strict is about the weights of --load.") }
    if stratified, validation == nil {
      throw ValidationError("--stratified is about the share of --validation.")
    }
    if let validation, !(validation > 0 && validation < 1) {
      throw ValidationError("--validation must be above 0 and below 1.")
    }
    if let epochs, epochs < 0 { throw ValidationError("--epochs must be 0 or more.") }
    if let patience, patience < 1 { throw ValidationError("--patience must be 1 or more.") }
  }

  /// The options of a training of `model`.
  ///
  /// - Throws: a failure where a metric does not fit the model.
  func options(
    for model: PluginDescription, learningRate: Double?, seed: UInt64, keeps: Trainer.Keeping
  ) throws -> Trainer.Options {
    Trainer.Options(
      epochs: epochs ?? model.epochs, learningRate: learningRate ?? model.learningRate, seed: seed,
      keeps: keeps, metrics: try metrics.map { try Metric.list($0, for: model) } ?? [],
      monitor: try monitor.map { try Monitor($0, for: model) }, patience: patience)
  }

  /// Starts `network` where a training starts: by `seed`, then with the weights to start from.
  func start(_ network: Network, seed: UInt64) throws -> LoadedWeights? {
    network.regions.initialize(network.plugin.description, seed: seed)
    return try load.map { try network.loadWeights(from: $0, strict ? .exact : .matching) }
  }

  /// The recordings of noise that a training of `plugin` adds to the sounds of `data`.
  func recordings(for plugin: LoadedPlugin, _ data: DataOption) throws -> BackgroundRecordings? {
    try BackgroundRecordings.find(
      for: plugin.description, folder: background, data: data.data)
  }

  /// The data with what `--validation` splits off.
  func split(_ dataset: Dataset, seed: UInt64) throws -> Dataset {
    guard let validation else { return dataset }
    return try ValidationSplit(share: validation, isStratified: stratified, seed: seed)
      .split(dataset)
  }
}
