import ArgumentParser
import Diagnostics
import Runner

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
}

extension [NamedFile] {
  /// The files in the order of `values`, the model's inputs or targets.
  ///
  /// - Throws: a failure where one is missing, given twice or without a name among several, or
  ///   where the model has no such name.
  func ordered(for values: [PluginValue], kind: String) throws -> [NamedFile] {
    if values.count == 1, count == 1 {
      if let name = self[0].name, name != values[0].name {
        throw Failure("the model's \(kind) is '\(values[0].name)', not '\(name)'")
      }
      return self
    }
    let names = values.map { "--\(kind) \($0.name)=FILE" }.joined(separator: " ")
    for file in self {
      guard let name = file.name else {
        throw Failure("\(file.path) is for no \(kind) by name", help: "write \(names)")
      }
      guard values.contains(where: { $0.name == name }) else {
        throw Failure("the model has no \(kind) '\(name)'", help: "write \(names)")
      }
    }
    return try values.map { value in
      let files = filter { $0.name == value.name }
      guard files.count == 1 else {
        throw Failure(
          "\(files.isEmpty ? "no file is" : "\(files.count) files are") given for the \(kind) "
            + "'\(value.name)'", help: "write \(names)")
      }
      return files[0]
    }
  }
}
