import Diagnostics
import Files
import Foundation
import Lowering

/// The C compiler that makes a plugin of the C: clang, or what the user names. It runs with a list
/// of arguments, never through a shell.
package struct CCompiler: Hashable, Sendable {
  package let path: String

  /// Finds the compiler: `named` (`--cc`), else BNC_CC, else CC, else clang on PATH.
  ///
  /// - Throws: `Failure` where there is none.
  package static func find(named name: String?) throws(Failure) -> CCompiler {
    let environment = ProcessInfo.processInfo.environment
    let wishes = [(name, "--cc"), (environment["BNC_CC"], "BNC_CC"), (environment["CC"], "CC")]
    for case (let wish?, let origin) in wishes where !wish.isEmpty {
      guard let path = executable(wish, path: environment["PATH"]) else {
        throw Failure(
          "the C compiler `\(wish)` that \(origin) names was not found",
          help: "name a compiler that is on PATH, or its full path")
      }
      return CCompiler(path: path)
    }
    guard let path = executable("clang", path: environment["PATH"]) else {
      throw Failure(
        "no C compiler: `clang` is not on PATH",
        help: "apt-get install clang, or name another with --cc")
    }
    return CCompiler(path: path)
  }

  private static func executable(_ name: String, path: String?) -> String? {
    let candidates =
      name.contains("/")
      ? [name]
      : (path ?? "").split(separator: ":").map { "\($0)/\(name)" }
    return candidates.first { candidate in
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: candidate, isDirectory: &isDirectory)
        && !isDirectory.boolValue && FileManager.default.isExecutableFile(atPath: candidate)
    }
  }

  /// The arguments that make `output` of `source`: files, even where their folder's name begins
  /// with a dash.
  package static func arguments(source: String, output: String, target: TargetMachine) -> [String] {
    let files = [output, source].map { $0.hasPrefix("-") ? "./" + $0 : $0 }
    return target.buildFlags + ["-fPIC", "-shared", "-o", files[0], files[1], "-lm"]
  }

  /// Makes the shared library `output` of the C file `source`, with a checksum at its end.
  ///
  /// - Throws: `Failure` with the first lines of what the compiler said.
  package func build(source: String, output: String, target: TargetMachine) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = Self.arguments(source: source, output: output, target: target)
    let pipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    do {
      try process.run()
    } catch {
      throw Failure("the C compiler cannot be started: \(error.localizedDescription)", path: path)
    }
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      let lines = String(decoding: said, as: UTF8.self).split(separator: "\n").prefix(6)
      throw Failure(
        "the C compiler failed with status \(process.terminationStatus)"
          + (lines.isEmpty ? "" : ":\n" + lines.joined(separator: "\n")), path: path,
        help: "clang 14 or later and gcc 12 or later are known to work; name one with --cc")
    }
    try seal(output)
  }

  private func seal(_ path: String) throws {
    do {
      let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(FileSeal.seal(of: bytes)))
    } catch {
      throw Failure("cannot be written: \(error.localizedDescription)", path: path)
    }
  }

  /// What tells this compiler apart from another in a cache: its path, size and time of change.
  package var identity: String {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    let size = (attributes?[.size] as? NSNumber)?.int64Value ?? 0
    let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(path) \(size) \(date)"
  }
}
