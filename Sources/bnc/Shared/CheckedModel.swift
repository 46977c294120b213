import ArgumentParser
import Diagnostics
import IR
import Language

extension DiagnosticOptions {
  /// The model in the file at `path`. What is wrong with it is shown; errors end the command.
  func checkedModel(at path: String, withNotes: Bool = false) throws -> Model {
    let source = try ModelFile.read(path)
    let (model, found) = Frontend.check(source)
    show(found, in: source, withNotes: withNotes)
    guard let model else { throw ExitCode.failure }
    return model
  }
}
