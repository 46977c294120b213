import Diagnostics
import Files
import Foundation
import Lowering

@testable import Driver

/// C compilers and programs, run by hand: for what a plugin's build does not show.
enum Tools {
  /// The compilers of this machine, each once: a name may be a link to another.
  static let compilers: [String] = {
    var seen: Set<String> = []
    return ["clang", "gcc", "clang-14", "clang-19"].compactMap { name -> String? in
      guard let path = try? CCompiler.find(named: name).path else { return nil }
      let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
      return seen.insert(real).inserted ? path : nil
    }
  }()

  /// Whether clang can build and run a program under the sanitizers.
  static let hasSanitizers: Bool = {
    guard let clang = try? CCompiler.find(named: "clang").path else { return false }
    return
      (try? inFolder { folder in
        try Data("int main(void) { return 0; }".utf8).write(
          to: URL(fileURLWithPath: folder + "/main.c"))
        let built = try run(
          clang, ["-fsanitize=address,undefined", "main.c", "-o", "main"], in: folder)
        guard built.status == 0 else { return false }
        return try run(folder + "/main", [], in: folder).status == 0
      }) ?? false
  }()

  /// Where the program `name` lies; nil where PATH has none.
  static func path(of name: String) -> String? {
    (try? CCompiler.find(named: name))?.path
  }

  /// What a program said, output and errors together, and how it ended.
  struct Run {
    var status: Int32
    var said: String
  }

  static func run(_ path: String, _ arguments: [String], in folder: String) throws -> Run {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let pipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Run(
      status: process.terminationReason == .exit ? process.terminationStatus : -1,
      said: String(decoding: said, as: UTF8.self))
  }

  /// A folder that is gone afterwards.
  static func inFolder<Result>(_ work: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.path + "/bnc-tools-\(UUID().uuidString)"
    try Folder.make(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try work(folder)
  }
}

extension Compilation {
  /// Writes network, interface and host program to `folder`; gives the two C files' names.
  func write(to folder: String) throws -> (network: String, host: String) {
    let files = PluginFiles(compilation: self, folder: folder)
    for (text, path) in [
      (plugin.network, files.network), (plugin.header, files.header), (plugin.host, files.host),
    ] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
    return (files.network, files.host)
  }
}
