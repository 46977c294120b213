import Diagnostics

/// What a checkpoint says in words and numbers: where it comes from, and where its training stands.
struct CheckpointHeader: Hashable, Sendable {
  /// The form of the file; another one is not read.
  static let format = "1"

  /// What the checkpoint is of: two trainings of which one of these differs are not the same.
  var origin: [Origin]
  /// Where the training stands; of the epochs that are done the file has a tensor.
  var progress: TrainingProgress
  /// How many steps were looked at for a loss that is not finite.
  var finiteStep: Int

  /// Something that a training is made of.
  struct Origin: Hashable, Sendable {
    /// The key in the file.
    let key: String
    /// In words: "seed".
    let words: String
    let value: String
  }

  /// What stands in the file.
  var metadata: [String: String] {
    var pairs = [
      Key.format: Self.format, Key.epoch: "\(progress.epoch)",
      Key.epochSteps: "\(progress.epochSteps)", Key.steps: "\(progress.steps)",
      Key.movingLoss: "\(progress.loss.value)", Key.finiteStep: "\(finiteStep)",
      Key.plateauFactor: "\(progress.plateau.factor)",
      Key.plateauBadEpochs: "\(progress.plateau.badEpochs)",
      Key.plateauCooldown: "\(progress.plateau.cooldown)",
    ]
    pairs[Key.plateauBest] = progress.plateau.best.map { "\($0)" }
    pairs[Key.bestEpoch] = progress.best.map { "\($0.epoch)" }
    pairs[Key.bestValue] = progress.best.map { "\($0.value)" }
    for one in origin { pairs[one.key] = one.value }
    return pairs
  }

  /// Reads what stands in the file of a training of `origin` with epochs of `stepsPerEpoch` steps.
  ///
  /// - Throws: a failure without a path where it is no checkpoint, or one of another training.
  init(_ metadata: [String: String], origin: [Origin], stepsPerEpoch: Int) throws {
    for one in origin {
      let found = metadata[one.key] ?? "none"
      guard found == one.value else {
        throw Failure(
          "is of another training: its \(one.words) is \(found.prefix(80)), not \(one.value)",
          help: "train as it was trained, or start anew with another --checkpoint")
      }
    }
    self.origin = origin
    let reader = Reader(metadata: metadata)
    progress = TrainingProgress()
    progress.epoch = try reader.whole(Key.epoch, in: 0...Int.max - 1)
    progress.epochSteps = try reader.whole(Key.epochSteps, in: 0...stepsPerEpoch)
    progress.steps = UInt64(try reader.whole(Key.steps, in: 0...Int.max))
    let (before, overflow) = progress.epoch.multipliedReportingOverflow(by: stepsPerEpoch)
    guard !overflow, progress.steps == UInt64(before) + UInt64(progress.epochSteps) else {
      throw Failure(
        "is damaged: \(progress.steps) steps are not \(progress.epoch) epochs of \(stepsPerEpoch) "
          + "and \(progress.epochSteps)")
    }
    let loss = try reader.number(Key.movingLoss)
    progress.loss = progress.epochSteps > 0 ? MovingLoss(value: loss) : MovingLoss()
    if metadata[Key.bestEpoch] != nil {
      progress.best = BestEpoch(
        epoch: try reader.whole(Key.bestEpoch, in: 0...max(progress.epoch - 1, 0)),
        value: try reader.number(Key.bestValue))
    }
    progress.plateau.factor = try reader.number(Key.plateauFactor, in: 0...1)
    progress.plateau.badEpochs = try reader.whole(Key.plateauBadEpochs, in: 0...Int.max - 1)
    progress.plateau.cooldown = try reader.whole(Key.plateauCooldown, in: 0...Int.max)
    if metadata[Key.plateauBest] != nil {
      progress.plateau.best = try reader.number(Key.plateauBest)
    }
    finiteStep = try reader.whole(Key.finiteStep, in: 0...Int(progress.steps))
  }

  init(origin: [Origin], progress: TrainingProgress, finiteStep: Int) {
    self.origin = origin
    self.progress = progress
    self.finiteStep = finiteStep
  }

  /// Whether `metadata` are those of a checkpoint, of whatever form.
  static func isCheckpoint(_ metadata: [String: String]) -> Bool { metadata[Key.format] != nil }

  /// Fails unless `metadata` are those of a checkpoint that this bnc reads.
  static func checkFormat(_ metadata: [String: String]) throws {
    guard let format = metadata[Key.format] else {
      throw Failure(
        "is no checkpoint: it does not say 'bnc.checkpoint'",
        help: "weights to start from are loaded with --load")
    }
    guard format == Self.format else {
      throw Failure(
        "is a checkpoint of format \(format.prefix(20)), this bnc reads format \(Self.format)",
        help: "go on with the bnc that wrote it")
    }
  }

  enum Key {
    static let format = "bnc.checkpoint"
    static let epoch = "bnc.epoch"
    static let epochSteps = "bnc.epoch_steps"
    static let steps = "bnc.steps"
    static let movingLoss = "bnc.moving_loss"
    static let bestEpoch = "bnc.best_epoch"
    static let bestValue = "bnc.best_value"
    static let plateauFactor = "bnc.plateau_factor"
    static let plateauBest = "bnc.plateau_best"
    static let plateauBadEpochs = "bnc.plateau_bad_epochs"
    static let plateauCooldown = "bnc.plateau_cooldown"
    static let finiteStep = "bnc.finite_step"
  }

  /// Numbers of a file that may hold anything.
  private struct Reader {
    let metadata: [String: String]

    func whole(_ key: String, in range: ClosedRange<Int>) throws -> Int {
      guard let text = metadata[key], let number = Int(text), range.contains(number) else {
        throw damaged(key)
      }
      return number
    }

    func number(
      _ key: String, in range: ClosedRange<Double> = -Double.infinity...Double.infinity
    ) throws -> Double {
      guard let text = metadata[key], let number = Double(text), number.isFinite,
        range.contains(number)
      else { throw damaged(key) }
      return number
    }

    private func damaged(_ key: String) -> Failure {
      let found = metadata[key].map { "'\($0.prefix(40))'" } ?? "nothing"
      return Failure("is damaged: it says \(found) of '\(key)'")
    }
  }
}
