import ArgumentParser
import Diagnostics
import Runner

/// What every command that runs a network takes.
struct NetworkOptions: ParsableArguments {
  @Argument(
    help: "The model (MODEL.bn, compiled for this processor) or a plugin (PLUGIN.so).",
    completion: .file(extensions: ["bn", "so"]))
  var model: String

  @Option(help: "How many threads to use; all cores if left out.")
  var threads: Int?

  /// A pool of the threads that were asked for.
  func makePool() throws -> ThreadPool { try ThreadPool(threads: threads ?? availableCores()) }
}

/// Prints, as a note, that a weights file holds more than the model has.
func noteIgnored(_ names: [String], in path: String) {
  if names.isEmpty { return }
  let shown = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
  Terminal.writeError("note: \(path): ignored \(names.count) tensors of no such model: \(shown)")
}
