import Diagnostics
import Foundation
import IR
import Language

/// Reads model files for the commands.
enum ModelFile {
  /// More than a model ever needs: what is longer is another kind of file.
  private static let largest = Limits.bytes

  /// The model at `path`, with the files that it includes; `-` is standard input.
  static func model(_ path: String) throws(Failure) -> SourceFile {
    Frontend.including(
      try read(path),
      FileReader(
        identity: { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path },
        read: { path in
          Result { () throws(Failure) in try read(path).text }
        }))
  }

  /// The file at `path`; `-` is standard input.
  static func read(_ path: String) throws(Failure) -> SourceFile {
    let data = path == "-" ? readAll(.standardInput) : readAll(try open(path))
    let name = path == "-" ? "<stdin>" : path
    guard let data else { throw Failure("cannot be read", path: name) }
    guard data.count <= largest else {
      throw Failure(
        "is larger than 1 MiB, the most that a model may have", path: name,
        help: "name a model file, *.bn")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Failure(
        "is not UTF-8 text", path: name, help: "name a model file, *.bn, or save it as UTF-8")
    }
    return SourceFile(name: name, text: text)
  }

  private static func open(_ path: String) throws(Failure) -> FileHandle {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw Failure("there is no such file", path: path, help: "name a model file, *.bn")
    }
    if isDirectory.boolValue {
      throw Failure("is a directory", path: path, help: "name a model file, *.bn")
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Failure("cannot be opened for reading", path: path)
    }
    return file
  }

  /// No more than one byte over the limit, so that an endless file ends too.
  private static func readAll(_ file: FileHandle) -> Data? {
    var data = Data()
    while data.count <= largest {
      guard let part = try? file.read(upToCount: largest + 1 - data.count), !part.isEmpty else {
        break
      }
      data += part
    }
    return data
  }
}
