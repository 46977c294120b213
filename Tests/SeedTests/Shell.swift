import Foundation
import Testing

/// A shell that keeps its functions and its folder from one command to the next, with the freshly
/// built `bnc` first on its path.
final class Shell {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var rest = Data()

  init(in folder: String) throws {
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = Place.build + ":" + environment["PATH", default: "/usr/bin:/bin"]
    environment["XDG_CACHE_HOME"] = Place.build + "/seed-tests-cache"
    environment["LC_ALL"] = "C.UTF-8"
    process.environment = environment
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Runs a command and returns the lines that it printed.
  func run(_ command: String) throws -> [String] {
    let mark = "end of \(UUID().uuidString)\n"
    let text = command + "\nprintf '%s' '\(mark)'\n"
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    while rest.suffix(mark.utf8.count) != Data(mark.utf8) {
      let more = output.fileHandleForReading.availableData
      try #require(!more.isEmpty, "the shell ended in: \(command)")
      rest += more
    }
    let said = String(decoding: rest.dropLast(mark.utf8.count), as: UTF8.self)
    rest = Data()
    var lines = said.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}
