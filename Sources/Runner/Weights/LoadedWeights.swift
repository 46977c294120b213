import FoundationEssentials

/// What came of loading a weights file: which tensors of the network are from there, which are not,
/// and why.
package struct LoadedWeights: Sendable {
  /// How much of a file and of a network has to go together.
  package enum Fit: Sendable {
    /// Every tensor of the network is in the file; what else is there, is told.
    case network
    /// Every parameter of the network is in the file, if not every statistic.
    case parameters
    /// Every tensor of the network is in the file, and nothing else.
    case exact
    /// What goes together by name and shape is loaded, the rest of the network stays as it is.
    case matching
  }

  /// Where the file is.
  package let path: String
  /// How many tensors of the network are from the file.
  package internal(set) var count = 0
  /// How many tensors the network has, without those that the file may lack.
  package internal(set) var wanted: Int
  /// Tensors of the network that the file has otherwise, with the difference.
  package internal(set) var unfitting: [String] = []
  /// Tensors of the network that are not in the file.
  package internal(set) var missing: [String] = []
  /// Tensors of the network that are not in the file and are made of training data.
  private(set) var toBeComputed: [String] = []
  /// Tensors of the file that the network does not have.
  package internal(set) var ignored: [String] = []
  /// How many counts of batches the file has, which PyTorch keeps for its batch norms. They have a
  /// meaning there only where a batch norm has no momentum.
  package internal(set) var batchCounts = 0

  /// What the data of the training called the classes; empty where they did not, or nobody noted it.
  package private(set) var classNames: [String] = []

  /// The metadata's key of the classes' names, a list in JSON.
  static let classesKey = "bnc.classes"

  /// Takes the names of the classes from a file's metadata; what is no list of names is none.
  mutating func readClassNames(_ metadata: [String: String]) {
    guard let text = metadata[Self.classesKey] else { return }
    classNames = (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
  }

  /// What is to be said of it, a line each; nothing where all of both went together.
  package var notes: [String] {
    var notes: [String] = []
    if count < wanted { notes.append("loaded \(count) of the model's \(wanted) tensors") }
    notes += unfitting.prefix(8).map { "left as it starts: \($0)" }
    if unfitting.count > 8 { notes.append("left as they start: \(unfitting.count - 8) more") }
    if !missing.isEmpty {
      notes.append(
        "lacks \(Self.list(missing)), left as \(missing.count == 1 ? "it" : "they") started")
    }
    if !ignored.isEmpty {
      notes.append(
        "ignored \(Self.count(ignored.count, "tensor")) of no such model: \(Self.list(ignored))")
    }
    if batchCounts > 0 {
      notes.append(
        "ignored num_batches_tracked of \(Self.count(batchCounts, "batch norm")), which matters only "
          + "without a momentum")
    }
    return notes.map { "\(path): \($0)" }
  }

  /// Whether the file lacks a tensor that is made of training data.
  func isToBeComputed(_ name: String) -> Bool { toBeComputed.contains(name) }

  /// The file lacks `tensor`, which is made of training data.
  mutating func compute(_ tensor: PluginTensor) {
    toBeComputed.append(tensor.name)
    wanted -= 1
  }

  /// What the file has in the place of `tensor`, which is made of training data, does not fit.
  mutating func computeAll(of tensor: PluginTensor) { toBeComputed.append(tensor.name) }

  private static func count(_ number: Int, _ what: String) -> String {
    number == 1 ? "1 \(what)" : "\(number) \(what)s"
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
  }
}
