import Diagnostics
import Driver
import Foundation
import Runner
import Synchronization

/// The processes that mpirun or srun started this one with, once it has joined them.
///
/// One process prints and writes for all. A failure of any ends all, for the others would wait for it.
enum JoinedProcesses {
  private static let joined = Mutex<Joined?>(nil)

  private struct Joined {
    let processes: MPIProcesses
    /// Standard error as it was before the process fell silent.
    let errors: Int32
  }

  /// Joins the processes that this one was started with; nil where it was started alone.
  ///
  /// - Throws: a failure where MPI is not installed, or the launcher's is another one.
  static func join() throws -> MPIProcesses? {
    let environment = ProcessInfo.processInfo.environment
    let count = ProcessLauncher.count(environment)
    guard count > 1 else { return nil }
    let processes = try PluginCache.standard.withProcessModule { try MPIProcesses(module: $0) }
    guard processes.count == count else {
      let wrapper = environment["BNC_MPICC"] ?? "mpicc"
      throw Failure(
        "\(count) processes were started together, and MPI knows of \(processes.count)",
        help: "start bnc by the mpirun of the MPI that `\(wrapper)` is of; with Slurm by "
          + "`srun --mpi=pmix`, or what `srun --mpi=list` offers")
    }
    let errors = dup(STDERR_FILENO)
    joined.withLock { $0 = Joined(processes: processes, errors: errors) }
    if !processes.leads { fallSilent() }
    return processes
  }

  private static func fallSilent() {
    let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] { dup2(nowhere, descriptor) }
    close(nowhere)
  }

  /// Leaves the others, where there are any: they all do.
  static func leave() {
    let left = joined.withLock { joined in
      defer { joined = nil }
      return joined
    }
    left?.processes.leave()
  }

  /// Tells of a failure and ends all processes, where this is one of several.
  static func fail(_ failure: String) {
    guard let joined = joined.withLock({ $0 }) else { return }
    // What fails everywhere is told once: the first one ends the others before they say it too.
    if !joined.processes.leads { usleep(500_000) }
    let text = Array("error: \(joined.processes.place): \(failure)\n".escapingControls.utf8)
    _ = text.withUnsafeBytes { write(joined.errors, $0.baseAddress, $0.count) }
    fflush(nil)
    joined.processes.abort(code: 1)
  }

  /// The threads of a process unless told otherwise: its share of the host's cores, and no more than it
  /// was bound to.
  static func threads(of processes: MPIProcesses) -> Int {
    max(1, min(availableCores(), hostCores / processes.localCount))
  }

  /// Whether so many threads a process have a core each.
  static func haveCores(_ threads: Int, of processes: MPIProcesses) -> Bool {
    threads * processes.localCount <= hostCores
  }

  private static var hostCores: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
}
