import ArgumentParser
import Diagnostics
import Runner

/// Runs a command's work; a failure is printed as `error: PATH: WHAT`, then `help: …`, and ends the
/// program with 1.
func reportingFailures(_ work: () throws -> Void) throws {
  do {
    try work()
  } catch let failure as Failure {
    Terminal.writeError("error: \(failure)")
    throw ExitCode(1)
  }
}
