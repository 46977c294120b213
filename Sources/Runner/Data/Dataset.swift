import Diagnostics
import Glibc
import Synchronization

/// Examples to train on and examples to test on.
public struct Dataset: Sendable {
  /// Where they come from, in a few words.
  public let name: String
  /// What the network learns from.
  public let training: Examples
  /// What the network never learns from.
  public let test: Examples

  /// One of the two parts.
  public enum Part: String, Hashable, Sendable, CaseIterable {
    case train, test
  }

  /// A data set from its parts.
  public init(name: String, training: Examples, test: Examples) {
    self.name = name
    self.training = training
    self.test = test
  }

  /// Both parts of a directory, read side by side.
  ///
  /// - Throws: a failure that names the file that is missing or wrong.
  public static func load(directory: String, format: ExampleFormat, pool: ThreadPool) throws
    -> Dataset
  {
    let parts: [Part] = [.train, .test]
    let results = Mutex<[Part: Result<Examples, any Error>]>([:])
    pool.forEach(parts.count) { index in
      let result = Result { try load(parts[index], directory: directory, format: format) }
      results.withLock { $0[parts[index]] = result }
    }
    let loaded = results.withLock { $0 }
    guard let training = try loaded[.train]?.get(), let test = try loaded[.test]?.get() else {
      throw Failure("could not be read", path: directory)
    }
    return Dataset(name: directory, training: training, test: test)
  }

  /// One part of a directory: `train-inputs.npy` and so on where these are, else MNIST's files.
  public static func load(_ part: Part, directory: String, format: ExampleFormat) throws -> Examples
  {
    let files = try DatasetFiles(part, directory: directory, wantsClasses: format.classes != nil)
    let inputs = try format.inputs(try files.read(files.inputs), path: files.inputs)
    guard let count = inputs.shape.first, count > 0 else {
      throw Failure("holds no examples", path: files.inputs)
    }
    guard count <= Int(UInt32.max) else {
      throw Failure("holds more than \(UInt32.max) examples", path: files.inputs)
    }
    let targets = try format.targets(
      try files.read(files.targets), count: count, path: files.targets, inputsPath: files.inputs)
    return Examples(inputs: inputs, targets: targets)
  }
}
