import ArgumentParser
import Diagnostics

/// `NAME=FILE` or `FILE`: a file for an input or a target of the model.
struct NamedFile: ExpressibleByArgument {
  let name: String?
  let path: String

  init?(argument: String) {
    if let sign = argument.firstIndex(of: "="), !argument[..<sign].contains("/") {
      name = String(argument[..<sign])
      path = String(argument[argument.index(after: sign)...])
    } else {
      name = nil
      path = argument
    }
    if path.isEmpty { return nil }
  }

  /// Fails where a name was given that the model does not use for its `kind`.
  func check(_ expected: String, kind: String) throws {
    if let name, name != expected {
      throw Failure("the model's \(kind) is '\(expected)', not '\(name)'")
    }
  }
}
