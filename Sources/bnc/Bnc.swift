import ArgumentParser
import Foundation

/// The program: one subcommand a file.
@main
struct Bnc: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bnc",
    abstract: "Compiles a network in a small model language into C, and trains it.",
    subcommands: [
      Check.self,
      Format.self,
      Describe.self,
      Explain.self,
    ])

  /// Runs the command. Every failure ends with 1, a wrong command line too, which ArgumentParser
  /// would end with 64.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      if exitCode(for: error) == .validationFailure {
        FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
        exit(withError: ExitCode.failure)
      }
      exit(withError: error)
    }
  }
}
