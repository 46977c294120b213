import Diagnostics
import Files
import Foundation
import Lowering

/// The C compiler that makes a plugin of the C: clang, or what the user names. It runs with a list
/// of arguments, never through a shell.
package struct CCompiler: Hashable, Sendable {
  /// The program that is started.
  package let path: String
  /// What the user named behind it: of `ccache clang` the compiler itself.
  private let words: [String]

  /// Finds the compiler: `named` (`--cc`), else BNC_CC, else CC, else clang on PATH.
  ///
  /// - Throws: `Failure` where there is none.
  package static func find(named name: String?) throws(Failure) -> CCompiler {
    let environment = ProcessInfo.processInfo.environment
    let wishes = [(name, "--cc"), (environment["BNC_CC"], "BNC_CC"), (environment["CC"], "CC")]
    for case (let wish?, let origin) in wishes {
      // A name may have spaces in it; else they part words, as in make's CC.
      let words = wish.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let first = words.first else { continue }
      if let path = executable(wish, path: environment["PATH"]) {
        return CCompiler(path: path, words: [])
      }
      guard let path = executable(first, path: environment["PATH"]) else {
        throw Failure(
          "the C compiler `\(first)` that \(origin) names was not found",
          help: "name a compiler that is on PATH, or its full path")
      }
      return CCompiler(path: path, words: Array(words.dropFirst()))
    }
    guard let path = executable("clang", path: environment["PATH"]) else {
      throw Failure(
        "no C compiler: `clang` is not on PATH",
        help: "apt-get install clang, or name another with --cc")
    }
    return CCompiler(path: path, words: [])
  }

  /// The compiler that the variable `variable` names, or `name` on PATH.
  ///
  /// - Throws: `Failure` that says what is `missing`.
  static func wrapper(
    named variable: String, usually name: String, missing: String, help: String
  ) throws(Failure) -> CCompiler {
    let environment = ProcessInfo.processInfo.environment
    let wish = environment[variable] ?? name
    guard let path = executable(wish, path: environment["PATH"]) else {
      throw Failure(
        environment[variable] == nil
          ? missing : "`\(wish)`, which \(variable) names, was not found",
        help: help)
    }
    return CCompiler(path: path, words: [])
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
    // A kernel that ends in a call stays on the stack, where a crash in what it called is looked for.
    let kept = ["-fno-optimize-sibling-calls"]
    return target.buildFlags + kept + ["-fPIC", "-shared", "-o", files[0], files[1], "-lm"]
  }

  /// Makes the shared library `output` of the C file `source`, with a checksum at its end.
  ///
  /// - Throws: `Failure` with the first lines of what the compiler said.
  package func build(source: String, output: String, target: TargetMachine) throws {
    let folder = output.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    // Its own temporary files lie beside what it makes, and go with them. The linker is told their
    // names, and must not take one for an option.
    let place = folder.hasPrefix("-") ? "./\(folder)" : folder
    let command = Command(
      path: path,
      arguments: words + Self.arguments(source: source, output: output, target: target),
      environment: place.isEmpty ? [:] : ["TMPDIR": place])
    let result = try command.run(as: "the C compiler")
    let lines = result.text.split(separator: "\n").prefix(6)
    let said = lines.isEmpty ? "" : ":\n" + lines.joined(separator: "\n")
    guard result.status == 0 else {
      throw Failure(
        "the C compiler failed with status \(result.status)" + said, path: path,
        help: "clang 14 or later and gcc 12 or later are known to work; name one with --cc")
    }
    guard FileManager.default.contents(atPath: output)?.isEmpty == false else {
      throw Failure(
        "the C compiler ended without an error, but made nothing" + said, path: path,
        help: "name a C compiler with --cc, BNC_CC or CC")
    }
    try FileSeal.append(to: output)
  }

  /// What tells this compiler apart from another in a cache: its words, and the size and time of
  /// change of each that is a program.
  package var identity: String {
    let search = ProcessInfo.processInfo.environment["PATH"]
    let programs = [path] + words.compactMap { Self.executable($0, path: search) }
    return (words + programs.map(Self.identity)).joined(separator: " ")
  }

  private static func identity(of path: String) -> String {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    let size = (attributes?[.size] as? NSNumber)?.int64Value ?? 0
    let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(path) \(size) \(date)"
  }
}
