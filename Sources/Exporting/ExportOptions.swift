import Diagnostics
import IR

/// How a trained network is exported.
package struct ExportOptions: Hashable, Sendable {
  /// Whether a caller hands over bytes, which are scaled inside, or floats.
  package var takesBytes: Bool
  /// Whether probabilities come out where a loss makes some of what it reads.
  package var makesProbabilities = false
  /// What the data call the classes; empty where they do not.
  package var classNames: [String] = []
  /// The model's files, its own first.
  package var files: [File]
  /// bnc's version.
  package var version: String

  /// A file of the model.
  package struct File: Hashable, Sendable {
    /// Its name, without folders.
    package var name: String
    package var text: String

    package init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// Options of a model of these files.
  package init(takesBytes: Bool, files: [File], version: String) {
    self.takesBytes = takesBytes
    self.files = files
    self.version = version
  }

  /// What makes probabilities of output `id`; nil where nothing does.
  func probabilities(of id: ValueID, in model: Model) -> Probabilities? {
    makesProbabilities
      ? model.losses.first { $0.operand == id }?.function.base.probabilities : nil
  }

  /// `error` of a layer, as the user sees it.
  func failure(_ error: ExportError, at layer: Layer) -> Failure {
    let place = layer.range.lower
    let file = files.indices.contains(place.file) ? files[place.file].name : "the model"
    return Failure(
      "'\(layer.name)' of line \(place.line) cannot be exported: \(error.message)", path: file,
      help: error.help)
  }
}
