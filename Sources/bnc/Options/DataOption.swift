import ArgumentParser
import Diagnostics
import Runner

/// Prints what was done to the files that examples come from.
func noteFiles(_ notes: [String]) {
  for note in notes { Terminal.writeError(note.hasPrefix(" ") ? note : "note: \(note)") }
}

/// Where examples come from.
struct DataOption: ParsableArguments {
  @Option(
    help: """
      A directory with MNIST's four files or CIFAR's binary ones (data_batch_1.bin and so on, \
      test_batch.bin; of CIFAR-100 train.bin and test.bin), raw or gzipped, or with train.csv \
      and test.csv (one row per example: inputs, then targets), or with train-inputs.npy, \
      train-targets.npy, test-inputs.npy and test-targets.npy (float16, 32 or 64, or \
      uint8, int8, 16, 32 or 64); or FILE.csv, to train and to test on. validation.csv, or \
      validation-inputs.npy and validation-targets.npy, are examples to validate on. A model of several \
      inputs or targets reads train-NAME.npy and test-NAME.npy for each, or columns in the \
      model's order. Or with train/ and test/ that have a folder of PNG or JPEG images for each \
      class, of any size where the model says `data resize(H, W)`, or of WAV files where it says \
      `data mfcc(...)`; its number follows from the \
      sorted names. Left out: examples that bnc draws.
      """, completion: .file())
  var data: String?

  @Flag(
    help:
      "With --data: leave out images and sounds that cannot be read, and say how many there are.")
  var skipBad = false

  /// All parts.
  func dataset(for plugin: LoadedPlugin, pool: ThreadPool) throws -> Dataset {
    let format = ModelFormat(plugin.description).skippingBad(skipBad)
    guard let data else { return try BuiltInData.dataset(format: format, pool: pool) }
    return try Dataset.load(data, format: format, pool: pool)
  }

  /// One part, and the line that says so where it was drawn.
  func examples(_ part: Dataset.Part, for plugin: LoadedPlugin, pool: ThreadPool) throws -> (
    examples: Examples, note: String?
  ) {
    try Self.examples(part, of: data, skippingBad: skipBad, for: plugin, pool: pool)
  }

  /// The same of data that another option names.
  static func examples(
    _ part: Dataset.Part, of data: String?, skippingBad: Bool = false, for plugin: LoadedPlugin,
    pool: ThreadPool
  ) throws -> (examples: Examples, note: String?) {
    let format = ModelFormat(plugin.description).skippingBad(skippingBad)
    if let data { return (try Dataset.load(part, data, format: format), nil) }
    let drawn = try BuiltInData.dataset(format: format, pool: pool)
    if part == .validation {
      throw Failure(
        "the examples that bnc draws have no validation part", help: "name a folder with --data")
    }
    let examples = part == .train ? drawn.training : drawn.test
    return (examples, BuiltInData.note(drawn, "evaluating on", count: examples.count))
  }
}
