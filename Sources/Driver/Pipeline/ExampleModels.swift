import Diagnostics
import ExampleModels

/// A model that comes with bnc.
package struct ExampleModel: Hashable, Sendable {
  /// The model's name, and the stem of the file that `bnc new` writes.
  package let name: String
  /// The text of the model file.
  package let text: String

  /// What the model is, in a line: its file's first comment.
  package var summary: String {
    String(text.prefix { $0 != "\n" }.drop { $0 == "#" || $0 == " " })
  }
}

/// The example models that bnc carries: embedded, so that the program needs no files beside it.
package enum ExampleModels {
  /// All of them, in the order of `Sources/ExampleModels/models.c`.
  package static let all: [ExampleModel] = (0..<example_model_count()).map { index in
    let entry = example_model_at(index)
    return ExampleModel(name: String(cString: entry.name), text: String(cString: entry.text))
  }

  /// The model called `name`.
  ///
  /// - Throws: `Failure` where there is none, with the nearest name.
  package static func named(_ name: String) throws(Failure) -> ExampleModel {
    if let found = all.first(where: { $0.name == name }) { return found }
    let nearest = Suggestion.closest(to: name, in: all.map(\.name))
    throw Failure(
      "there is no example model '\(name.prefix(64))'",
      help: nearest.map { "did you mean '\($0)'?" } ?? "'bnc new --list' says what there is")
  }
}
