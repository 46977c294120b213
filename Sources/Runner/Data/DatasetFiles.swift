import Diagnostics
import Glibc

/// The two files of a part of a data set, under the names that are known.
struct DatasetFiles {
  let inputs: String
  let targets: String
  private let isNPY: Bool

  /// Looks for a part's files in a directory.
  ///
  /// - Throws: a failure that names the directory and the files that it should hold.
  init(_ part: Dataset.Part, directory: String, wantsClasses: Bool) throws {
    guard isDirectory(directory) else { throw Failure("is not a directory", path: directory) }
    let prefix = part == .train ? "train" : "t10k"
    let npy = "\(directory)/\(part.rawValue)-inputs.npy"
    if isThere(npy) {
      inputs = npy
      targets = "\(directory)/\(part.rawValue)-targets.npy"
      isNPY = true
      return
    }
    guard wantsClasses else {
      throw Failure(
        "holds no \(part.rawValue)-inputs.npy", path: directory,
        help: "a model whose target is real values reads train-inputs.npy, train-targets.npy, "
          + "test-inputs.npy and test-targets.npy")
    }
    inputs = try Self.find("\(prefix)-images", "idx", in: directory)
    targets = try Self.find("\(prefix)-labels", "idx", in: directory)
    isNPY = false
  }

  /// Reads one of the two files.
  func read(_ path: String) throws -> Tensor { isNPY ? try NPY.read(path) : try IDX.read(path) }

  /// `train-images-idx3-ubyte`, with a dot for the dash, of another rank, gzipped or not.
  private static func find(_ stem: String, _ kind: String, in directory: String) throws -> String {
    let isLabels = stem.hasSuffix("labels")
    let ranks = isLabels ? [1] : [3, 4, 2]
    let types = isLabels ? ["ubyte", "int"] : ["ubyte", "float", "double"]
    for rank in ranks {
      for type in types {
        for separator in ["-", "."] {
          for ending in ["", ".gz"] {
            let path = "\(directory)/\(stem)\(separator)\(kind)\(rank)-\(type)\(ending)"
            if isThere(path) { return path }
          }
        }
      }
    }
    throw Failure(
      "holds no \(stem)-\(kind)\(ranks[0])-ubyte and no \(stem)-\(kind)\(ranks[0])-ubyte.gz",
      path: directory,
      help: "a data directory holds MNIST's four files, raw or gzipped, or train-inputs.npy, "
        + "train-targets.npy, test-inputs.npy and test-targets.npy; without --data, digits are "
        + "drawn by the program")
  }
}

private func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

private func isDirectory(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
