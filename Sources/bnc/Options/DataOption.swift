import ArgumentParser
import Runner

/// Where examples come from.
struct DataOption: ParsableArguments {
  @Option(
    help: """
      A directory with MNIST's four files, raw or gzipped, or with train-inputs.npy, \
      train-targets.npy, test-inputs.npy and test-targets.npy. Left out: digits that bnc draws.
      """, completion: .directory)
  var data: String?

  /// Both parts.
  func dataset(for plugin: LoadedPlugin, pool: ThreadPool) throws -> Dataset {
    let format = ExampleFormat(plugin.description)
    guard let data else { return try BuiltInDigits.dataset(format: format, pool: pool) }
    return try Dataset.load(directory: data, format: format, pool: pool)
  }

  /// One part.
  func examples(_ part: Dataset.Part, for plugin: LoadedPlugin, pool: ThreadPool) throws -> Examples
  {
    let format = ExampleFormat(plugin.description)
    if let data { return try Dataset.load(part, directory: data, format: format) }
    let digits = try BuiltInDigits.dataset(format: format, pool: pool)
    return part == .train ? digits.training : digits.test
  }
}
