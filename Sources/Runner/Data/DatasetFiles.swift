import Diagnostics
import Glibc

/// The files of a part of a data set, under the names that are known.
enum DatasetFiles {
  /// Inputs and targets apart: NPY, or MNIST's IDX.
  case pair(inputs: String, targets: String)
  /// Inputs and targets side by side: CSV.
  case table(String)
  /// CIFAR's images, each behind its label, in one file or several.
  case records([String], CIFAR.Variant)
  /// A folder for each class, with images.
  case folders(ClassFolders)

  /// Looks for a part's files in a directory.
  ///
  /// - Throws: a failure that names the directory and the files that it should hold.
  static func find(_ part: Dataset.Part, directory: String, wantsClasses: Bool) throws
    -> DatasetFiles
  {
    guard isDirectory(directory) else {
      throw Failure(
        isThere(directory)
          ? "is neither a directory nor a .csv file" : "there is no such directory or .csv file",
        path: directory, help: help)
    }
    let npy = "\(directory)/\(part.rawValue)-inputs.npy"
    if isThere(npy) {
      return .pair(inputs: npy, targets: "\(directory)/\(part.rawValue)-targets.npy")
    }
    for ending in ["", ".gz"] {
      let csv = "\(directory)/\(part.rawValue).csv\(ending)"
      if isThere(csv) { return .table(csv) }
    }
    if let folders = try ClassFolders.find(part, in: directory) { return .folders(folders) }
    guard wantsClasses, part != .validation else {
      throw Failure(
        "holds no \(part.rawValue).csv and no \(part.rawValue)-inputs.npy", path: directory,
        help: part == .validation
          ? "bnc train --validation SHARE splits one off the training part"
          : "a model whose target is real values reads \(tables), or \(arrays)")
    }
    let prefix = part == .train ? "train" : "t10k"
    let images = findIDX("\(prefix)-images", in: directory)
    if images == nil, let records = try findCIFAR(part, in: directory) { return records }
    guard let images else { throw missing("\(prefix)-images-idx3-ubyte", in: directory) }
    guard let labels = findIDX("\(prefix)-labels", in: directory) else {
      throw missing("\(prefix)-labels-idx1-ubyte", in: directory)
    }
    return .pair(inputs: images, targets: labels)
  }

  /// Whether a directory has a validation part of its own.
  static func holdsValidation(directory: String) throws -> Bool {
    try ["validation-inputs.npy", "validation.csv", "validation.csv.gz"].contains {
      isThere("\(directory)/\($0)")
    } || ClassFolders.find(.validation, in: directory) != nil
  }

  /// Reads one file of a pair.
  static func read(_ path: String) throws -> Tensor {
    path.hasSuffix(".npy") ? try NPY.read(path) : try IDX.read(path)
  }

  /// The shape that one file of a pair declares.
  static func shape(of path: String) throws -> [Int] {
    path.hasSuffix(".npy") ? try NPY.shape(of: path) : try IDX.shape(of: path)
  }

  /// `data_batch_1.bin` to the last of at most five, `test_batch.bin`; of CIFAR-100 `train.bin` and
  /// `test.bin`; gzipped or not. nil where the directory holds none of them.
  private static func findCIFAR(_ part: Dataset.Part, in directory: String) throws -> DatasetFiles?
  {
    func find(_ name: String) -> String? {
      ["", ".gz"].map { "\(directory)/\(name).bin\($0)" }.first(where: isThere)
    }
    let batches = (1...5).map { "data_batch_\($0)" }
    if (batches + ["test_batch"]).contains(where: { find($0) != nil }) {
      let wanted = part == .test ? ["test_batch"] : batches
      let last = wanted.lastIndex { find($0) != nil } ?? 0
      return .records(try wanted[...last].map { try require($0, find, in: directory) }, .ten)
    }
    guard ["train", "test"].contains(where: { find($0) != nil }) else { return nil }
    return .records([try require(part.rawValue, find, in: directory)], .hundred)
  }

  private static func require(
    _ name: String, _ find: (String) -> String?, in directory: String
  ) throws -> String {
    guard let path = find(name) else {
      throw Failure(
        "holds other files of CIFAR, but no \(name).bin and no \(name).bin.gz", path: directory)
    }
    return path
  }

  private static let tables = "train.csv and test.csv"
  private static let arrays =
    "train-inputs.npy, train-targets.npy, test-inputs.npy and test-targets.npy"

  private static let folders =
    "train/ and test/ with a folder of PNG or JPEG images, or of WAV files, for each class"

  /// `train-images-idx3-ubyte`, with a dot for the dash, of another rank, gzipped or not.
  private static func findIDX(_ stem: String, in directory: String) -> String? {
    let isLabels = stem.hasSuffix("labels")
    let ranks = isLabels ? [1] : [3, 4, 2]
    let types = isLabels ? ["ubyte", "int"] : ["ubyte", "float", "double"]
    for rank in ranks {
      for type in types {
        for separator in ["-", "."] {
          for ending in ["", ".gz"] {
            let path = "\(directory)/\(stem)\(separator)idx\(rank)-\(type)\(ending)"
            if isThere(path) { return path }
          }
        }
      }
    }
    return nil
  }

  private static func missing(_ name: String, in directory: String) -> Failure {
    Failure(
      "holds no \(name) and no \(name).gz", path: directory, help: help)
  }

  /// What is looked for, for those who have something else.
  private static let help =
    [
      "a data directory holds one of these; without --data, the program draws examples",
      "MNIST's four files, raw or gzipped", "CIFAR's .bin files, raw or gzipped", tables, arrays,
      folders,
    ].joined(separator: "\n  ")
}

/// Whether there is anything under this name, a link that leads nowhere too: reading it then says
/// so.
private func isThere(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0
}

/// Whether a directory is at `path`.
func isDirectory(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
