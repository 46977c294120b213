import Diagnostics
import Glibc
import Synchronization

/// Examples to train on and examples to test on.
package struct Dataset: Sendable {
  /// Where they come from, in a few words.
  package let name: String
  /// What the network learns from.
  package let training: Examples
  /// What the network never learns from.
  package let test: Examples

  /// One of the two parts.
  package enum Part: String, Hashable, Sendable, CaseIterable {
    case train, test
  }

  /// A data set from its parts.
  package init(name: String, training: Examples, test: Examples) {
    self.name = name
    self.training = training
    self.test = test
  }

  /// Both parts of a directory, read side by side, or a CSV file alone, to train and to test on.
  ///
  /// - Throws: a failure that names the file that is missing or wrong.
  package static func load(_ path: String, format: ExampleFormat, pool: ThreadPool) throws
    -> Dataset
  {
    if isTable(path) {
      let examples = try load(.train, path, format: format)
      return Dataset(name: path, training: examples, test: examples)
    }
    let parts: [Part] = [.train, .test]
    let results = Mutex<[Part: Result<Examples, any Error>]>([:])
    pool.forEach(parts.count) { index in
      let result = Result { try load(parts[index], path, format: format) }
      results.withLock { $0[parts[index]] = result }
    }
    let loaded = results.withLock { $0 }
    guard let training = try loaded[.train]?.get(), let test = try loaded[.test]?.get() else {
      throw Failure("could not be read", path: path)
    }
    return Dataset(name: path, training: training, test: test)
  }

  /// Both parts for a model of any number of inputs and targets.
  package static func load(_ path: String, format: ModelFormat, pool: ThreadPool) throws -> Dataset
  {
    if let only = format.only { return try load(path, format: only, pool: pool) }
    let training = try SeveralExamples.load(.train, path, format)
    let test = isTable(path) ? training : try SeveralExamples.load(.test, path, format)
    return Dataset(name: path, training: training, test: test)
  }

  /// One part for a model of any number of inputs and targets.
  package static func load(_ part: Part, _ path: String, format: ModelFormat) throws -> Examples {
    guard let only = format.only else { return try SeveralExamples.load(part, path, format) }
    return try load(part, path, format: only)
  }

  /// One part of a directory, in the form that `DatasetFiles` finds there; all of a CSV file.
  package static func load(_ part: Part, _ path: String, format: ExampleFormat) throws -> Examples {
    let files =
      isTable(path)
      ? .table(path)
      : try DatasetFiles.find(part, directory: path, wantsClasses: format.classes != nil)
    switch files {
    case .table(let path): return try CSVExamples.read(path, format: format)
    case .pair(let inputs, let targets):
      return try examples(
        inputs: (try DatasetFiles.read(inputs), inputs),
        targets: (try DatasetFiles.read(targets), targets), format: format)
    case .records(let paths, let form):
      let (images, labels) = try CIFAR.read(paths, form, classes: format.classes ?? 0)
      let path = paths.count == 1 ? paths[0] : path
      return try examples(inputs: (images, path), targets: (labels, path), format: format)
    }
  }

  private static func isTable(_ path: String) -> Bool {
    TensorFile.isCSV(path) && !isDirectory(path)
  }

  /// Examples of tensors, and where these were read.
  private static func examples(
    inputs: (tensor: Tensor, path: String), targets: (tensor: Tensor, path: String),
    format: ExampleFormat
  ) throws -> Examples {
    let found = try format.inputs(inputs.tensor, path: inputs.path)
    let count = try checkedCount(found, path: inputs.path)
    let wanted = try format.targets(
      targets.tensor, count: count, path: targets.path, inputsPath: inputs.path)
    return Examples(
      inputs: found, targets: wanted)
  }

  /// How many examples an input holds: at least one, and no more than rows have numbers.
  static func checkedCount(_ input: Tensor, path: String) throws -> Int {
    guard let count = input.shape.first, count > 0 else {
      throw Failure("holds no examples", path: path)
    }
    guard count <= Int(UInt32.max) else {
      throw Failure("holds more than \(UInt32.max) examples", path: path)
    }
    return count
  }
}
