import ArgumentParser
import Diagnostics
import Driver
@preconcurrency import Foundation
import Runner

/// The program: one subcommand a file.
@main
struct Bnc: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bnc",
    abstract: "Compiles a network in a small model language into C, and trains it.",
    version: bncVersion,
    groupedSubcommands: [
      CommandGroup(
        name: "Models", subcommands: [New.self, Check.self, Format.self, Describe.self]),
      CommandGroup(
        name: "Networks",
        subcommands: [
          Compile.self, Train.self, Sweep.self, Evaluate.self, Predict.self, DataCommand.self,
          Calibrate.self, Freeze.self, Export.self, Import.self, Step.self, Verify.self, Plot.self,
          Report.self, BenchCommand.self,
        ]),
      CommandGroup(name: "Help", subcommands: [Explain.self, Cache.self]),
    ])

  /// Runs the command. Every failure ends with 1, a wrong command line too, which ArgumentParser
  /// would end with 64.
  static func main() {
    endWithoutUnloading()
    CrashReport.install(
      help: """
        no model may do that: this is a mistake of bnc or of the C compiler (--cc names another); \
        please report it, with the model, this message and what `bnc --version` prints, \(bncReports)
        """)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as Failure {
      JoinedProcesses.end { write("error: \($0): \(failure)\n") }
      write("error: \(failure)\n")
      exit(withError: ExitCode.failure)
    } catch let errors as ModelErrors {
      // Of the commands that run a network: those about the model itself show them in a form of
      // choice.
      let shown = errors.diagnostics.filter { $0.severity != .note }
      JoinedProcesses.end {
        write("error: \($0): the model has errors\n")
        DiagnosticOptions.write(shown, in: errors.source)
      }
      DiagnosticOptions.write(shown, in: errors.source)
      exit(withError: ExitCode.failure)
    } catch {
      JoinedProcesses.end { [error] in
        if !(error is ExitCode) { write("error: \($0): \(error)\n") }
      }
      if exitCode(for: error) == .validationFailure {
        write(fullMessage(for: error) + "\n")
        exit(withError: ExitCode.failure)
      }
      exit(withError: error)
    }
  }

  /// Lets the process end without unloading anything: OpenBLAS waits then for threads of its own,
  /// which wait for memory where address space is short. What is left to print is printed before.
  private static func endWithoutUnloading() {
    on_exit(
      { status, _ in
        let isLost = fflush(nil) != 0 || ferror(stdout) != 0
        guard isLost, status == 0 else { _exit(status) }
        perror("error: standard output")
        _exit(1)
      }, nil)
  }

  private static func write(_ text: String) {
    StandardError.write(text.escapingControls)
  }
}
