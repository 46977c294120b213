/// What a training was started with: the first line of its log.
package struct RunSettings: Hashable, Sendable, Codable {
  /// Of the bnc that trained.
  package var bncVersion: String
  /// What was typed, word for word.
  package var command: [String]
  /// The model's name, and the hash of its text and of the flags that shape its code.
  package var model, modelHash: String
  /// How many numbers are learned.
  package var parameters: Int
  /// Where the examples come from, and how many there are of each part.
  package var data: String
  package var trainingExamples, judgeExamples: Int
  /// What epochs are judged by: `test` or `validation`.
  package var judge: String
  /// What the best epoch is best in: `loss`, `label.accuracy`; nil in logs of a bnc that did not say it.
  package var monitor: String?
  package var seed: UInt64
  package var epochs: Int
  /// Examples of a step, at most, over all its passes.
  package var batch: Int
  package var optimizer: String
  /// What the schedule starts from.
  package var learningRate: Double
  package var threads: Int

  private enum CodingKeys: String, CodingKey {
    case command, model, parameters, data, judge, monitor, seed, epochs, batch, optimizer, threads
    case bncVersion = "bnc_version"
    case modelHash = "model_hash"
    case trainingExamples = "train_examples"
    case judgeExamples = "judge_examples"
    case learningRate = "learning_rate"
  }

  /// The settings of a training of `network` on `dataset`.
  package init(
    _ network: PluginDescription, _ options: Trainer.Options, dataset: Dataset, threads: Int,
    bncVersion: String, command: [String]
  ) {
    self.bncVersion = bncVersion
    self.command = command
    model = network.modelName
    modelHash = network.modelHash
    parameters = network.parameterCount
    data = dataset.name
    trainingExamples = dataset.training.count
    judgeExamples = dataset.judge.examples.count
    judge = dataset.judge.part.rawValue
    monitor = (options.monitor ?? .usual(for: network)).resultName(of: network)
    seed = options.seed
    epochs = options.epochs
    batch = network.wholeBatch * network.passes
    optimizer = network.optimizerName
    learningRate = options.learningRate
    self.threads = threads
  }

  /// The command as a shell takes it.
  package var commandLine: String { shellCommand(command) }
}

/// A program and its arguments as a shell takes them.
package func shellCommand(_ words: [String]) -> String {
  words.map(shellWord).joined(separator: " ")
}

/// A word as a shell takes it, in quotes where it needs them.
private func shellWord(_ word: String) -> String {
  let isPlain =
    !word.isEmpty
    && word.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || "_-./=,:+%@".utf8.contains(byte)
    }
  return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
}
