import Diagnostics
import Driver
import Foundation
import Runner
import Synchronization

/// The processes that mpirun or srun started this one with, once it has joined them.
///
/// One process prints and writes for all. A failure of any ends all, for the others would wait for it.
enum JoinedProcesses {
  private static let joined = Mutex<MPIProcesses?>(nil)

  /// Joins the processes that this one was started with; nil where it was started alone.
  ///
  /// - Throws: a failure where MPI is not installed, or the launcher's is another one.
  static func join() throws -> MPIProcesses? {
    let environment = ProcessInfo.processInfo.environment
    let count = ProcessLauncher.count(environment)
    guard count > 1 else { return nil }
    let module = try PluginCache.standard.withProcessModule { try MPIProcesses.Module(path: $0) }
    let processes = try MPIProcesses(joining: module)
    guard processes.count == count else {
      let wrapper = environment["BNC_MPICC"] ?? "mpicc"
      throw Failure(
        "\(count) processes were started together, and MPI knows of \(processes.count)",
        help: "start bnc by the mpirun of the MPI that `\(wrapper)` is of; with Slurm by "
          + "`srun --mpi=pmix`, or what `srun --mpi=list` offers; BNC_PROCESSES=1 lets each be alone"
      )
    }
    joined.withLock { $0 = processes }
    if !processes.leads { fallSilent() }
    return processes
  }

  /// Standard output goes nowhere; standard error stays open for crashes and failures.
  private static func fallSilent() {
    let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
    dup2(nowhere, STDOUT_FILENO)
    close(nowhere)
    Terminal.isSilent = true
  }

  /// Leaves the others, where there are any: they all do.
  static func leave() {
    let left = joined.withLock { joined in
      defer { joined = nil }
      return joined
    }
    left?.leave()
  }

  /// Where this is one of several processes, lets `tell` say why it cannot go on, and ends all.
  static func end(_ tell: (_ place: String) -> Void) {
    guard let processes = joined.withLock({ $0 }) else { return }
    // What fails everywhere is told once: the first one ends the others, by a signal that ends the wait,
    // before they say it too.
    if !processes.leads {
      signal(SIGTERM, SIG_DFL)
      usleep(1_000_000)
    }
    Terminal.isSilent = false
    tell(processes.place)
    fflush(nil)
    processes.abort(code: 1)
  }

  /// The threads of a process unless told otherwise: its share of the host's cores, and no more than it
  /// was bound to.
  static func threads(of processes: MPIProcesses) -> Int {
    max(1, min(availableCores(), coresOfHost() / processes.localCount))
  }
}

extension Runner.Host {
  /// The host of one of `processes`, where there are several: its threads wait for each other where those
  /// of all have a core each.
  convenience init(pool: ThreadPool, among processes: MPIProcesses?) {
    self.init(
      pool: pool,
      providesWait: processes.map {
        pool.threads <= availableCores() && pool.threads * $0.localCount <= coresOfHost()
      },
      processes: processes)
  }
}
