import Diagnostics
import Glibc
import Synchronization

/// Examples to train on, examples to test on, and, where there are some, examples to choose by.
package struct Dataset: Sendable {
  /// Where they come from, in a few words.
  package let name: String
  /// What the network learns from.
  package let training: Examples
  /// What the network does not learn from, but epochs are judged by; nil: by the test part.
  package let validation: Examples?
  /// What the network never learns from.
  package let test: Examples
  /// Whether the test part is not another part under a second name, as of a single file.
  package let hasOwnTest: Bool

  /// The recordings of noise that a training adds to its sounds.
  package private(set) var background: BackgroundRecordings?
  /// What took the validation part off the training part, where it is not one of its own.
  package let split: ValidationSplit?

  /// One of the parts.
  package enum Part: String, Hashable, Sendable, CaseIterable {
    case train, validation, test
  }

  /// A data set from its parts.
  package init(
    name: String, training: Examples, validation: Examples? = nil, test: Examples,
    hasOwnTest: Bool = true, split: ValidationSplit? = nil
  ) {
    self.name = name
    self.training = training
    self.validation = validation
    self.test = test
    self.hasOwnTest = hasOwnTest
    self.split = split
  }

  /// The same with recordings of noise, which a training adds to its sounds.
  package func with(_ background: BackgroundRecordings?) -> Dataset {
    var dataset = self
    dataset.background = background
    return dataset
  }

  /// The part that epochs are judged by.
  package var judge: (part: Part, examples: Examples) {
    validation.map { (.validation, $0) } ?? (.test, test)
  }

  /// The parts of a directory, read side by side, or a CSV file alone, to train and to test on.
  ///
  /// - Throws: a failure that names the file that is missing or wrong.
  package static func load(_ path: String, format: ExampleFormat, pool: ThreadPool) throws
    -> Dataset
  {
    if isTable(path) {
      let examples = try load(.train, path, format: format)
      return Dataset(name: path, training: examples, test: examples, hasOwnTest: false)
    }
    let hasValidation = try DatasetFiles.holdsValidation(directory: path)
    let parts = Part.allCases.filter { $0 != .validation || hasValidation }
    let results = Mutex<[Part: Result<Examples, any Error>]>([:])
    pool.forEach(parts.count) { index in
      let result = Result { try load(parts[index], path, format: format) }
      results.withLock { $0[parts[index]] = result }
    }
    let loaded = results.withLock { $0 }
    guard let training = try loaded[.train]?.get(), let test = try loaded[.test]?.get() else {
      throw Failure("could not be read", path: path)
    }
    return Dataset(
      name: path, training: training, validation: try loaded[.validation]?.get(), test: test)
  }

  /// All parts for a model of any number of inputs and targets.
  package static func load(_ path: String, format: ModelFormat, pool: ThreadPool) throws -> Dataset
  {
    if let only = format.only { return try load(path, format: only, pool: pool) }
    let training = try SeveralExamples.load(.train, path, format)
    if isTable(path) {
      return Dataset(name: path, training: training, test: training, hasOwnTest: false)
    }
    return Dataset(
      name: path, training: training,
      validation: SeveralExamples.holds(.validation, in: path, format)
        ? try SeveralExamples.load(.validation, path, format) : nil,
      test: try SeveralExamples.load(.test, path, format))
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
    var examples: Examples
    switch files {
    case .folders(let folders): return try folders.read(part, in: path, format: format)
    case .table(let path): examples = try CSVExamples.read(path, format: format)
    case .pair(let inputs, let targets):
      // By what the files declare, first: a small one may inflate to gigabytes.
      let shape = try DatasetFiles.shape(of: inputs)
      try format.checkInputs(shape, path: inputs)
      try format.checkTargets(
        DatasetFiles.shape(of: targets), count: checkedCount(shape, path: inputs), path: targets,
        inputsPath: inputs)
      examples = try self.examples(
        inputs: (try DatasetFiles.read(inputs), inputs),
        targets: (try DatasetFiles.read(targets), targets), format: format)
    case .records(let paths, let form):
      let (images, labels) = try CIFAR.read(paths, form, classes: format.classes ?? 0)
      let path = paths.count == 1 ? paths[0] : path
      examples = try self.examples(inputs: (images, path), targets: (labels, path), format: format)
    }
    if format.resizes {
      examples.notes.append(
        "\(path): 'data resize' is for folders of images; these examples are taken as they are")
    }
    return examples
  }

  /// What was done to the files that the parts come from.
  package var notes: [String] { training.notes + (validation?.notes ?? []) + test.notes }

  private static func isTable(_ path: String) -> Bool {
    TensorFile.isCSV(path) && !isDirectory(path)
  }

  /// Examples of tensors, and where these were read.
  private static func examples(
    inputs: (tensor: Tensor, path: String), targets: (tensor: Tensor, path: String),
    format: ExampleFormat
  ) throws -> Examples {
    let found = try format.inputs(inputs.tensor, path: inputs.path)
    let count = try checkedCount(found.shape, path: inputs.path)
    let wanted = try format.targets(
      targets.tensor, count: count, path: targets.path, inputsPath: inputs.path)
    return Examples(
      inputs: found, targets: wanted)
  }

  /// How many examples an input holds: at least one, and no more than rows have numbers.
  static func checkedCount(_ shape: [Int], path: String) throws -> Int {
    guard let count = shape.first, count > 0 else {
      throw Failure("holds no examples", path: path)
    }
    guard count <= Int(UInt32.max) else {
      throw Failure("holds more than \(UInt32.max) examples", path: path)
    }
    return count
  }
}
