import Diagnostics
import Glibc
import PluginABI

/// The processes that mpirun or srun started together.
///
/// The module's table does not change once it is there.
package final class MPIProcesses: ProcessGroup, @unchecked Sendable {
  private let table: UnsafePointer<bnc_processes>
  package let rank, count: Int
  /// The same of those on this host.
  package let localRank, localCount: Int
  /// This host's name.
  package let host: String

  package var place: String { "process \(rank) on \(host)" }

  /// A module that joins processes, loaded.
  package struct Module {
    fileprivate typealias Join =
      @convention(c) (UnsafeMutablePointer<UnsafePointer<CChar>?>) -> UnsafePointer<bnc_processes>?
    fileprivate let path: String
    fileprivate let join: Join

    /// Loads the shared library at `path`; it stays.
    ///
    /// - Throws: a failure where it cannot be loaded.
    package init(path: String) throws {
      self.path = path
      // What MPI loads by itself finds MPI in what is loaded already.
      guard let library = dlopen(path, RTLD_NOW | RTLD_GLOBAL) else {
        let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
        throw Failure("cannot be loaded: \(reason)", path: path)
      }
      guard let symbol = dlsym(library, "bnc_processes_join") else {
        throw Failure("joins no processes: it lacks bnc_processes_join", path: path)
      }
      join = unsafeBitCast(symbol, to: Join.self)
    }
  }

  /// Joins the other processes.
  ///
  /// - Throws: a failure where they cannot be joined.
  package init(joining module: Module) throws {
    var error: UnsafePointer<CChar>?
    guard let table = module.join(&error) else {
      throw Failure(
        "cannot join the other processes: "
          + (error.map { String(cString: $0) } ?? "unknown reason"))
    }
    guard table.pointee.struct_size == UInt32(MemoryLayout<bnc_processes>.size) else {
      throw Failure("has another interface than this bnc", path: module.path)
    }
    self.table = table
    (rank, count) = (Int(table.pointee.rank), Int(table.pointee.count))
    localRank = Int(table.pointee.local_rank)
    localCount = max(1, Int(table.pointee.local_count))
    host = table.pointee.host.map { String(cString: $0) } ?? "an unknown host"
  }

  package func sum(_ numbers: UnsafeMutableRawPointer, count: Int, type: NumberType) {
    table.pointee.sum(numbers, Int64(count), Int32(type.size))
  }

  package func beginSum(_ numbers: UnsafeMutableRawPointer, count: Int, type: NumberType) {
    table.pointee.sum_begin(numbers, Int64(count), Int32(type.size))
  }

  package func endSums() { table.pointee.sum_end() }

  package func gather(_ own: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
    guard let from = own.baseAddress, let to = all.baseAddress, !own.isEmpty else { return }
    table.pointee.gather(from, to, Int64(own.count))
  }

  /// What `make` makes: on each host by one process first, so that the others find what it left.
  package func firstOnEachHost<Made>(_ make: () throws -> Made) throws -> Made {
    let first = localRank == 0 ? try make() : nil
    _ = gather([0])
    return try first ?? make()
  }

  /// What sums and gathers have cost so far.
  package var traffic: Traffic {
    var traffic = bnc_traffic()
    table.pointee.traffic(&traffic)
    return Traffic(
      messages: Int(traffic.messages), bytes: Int(traffic.bytes), seconds: traffic.seconds)
  }

  /// What sums and gathers have cost a process.
  package struct Traffic: Hashable, Sendable {
    /// Sums and gathers.
    package let messages: Int
    /// Bytes sent to others.
    package let bytes: Int
    /// Seconds that the caller waited.
    package let seconds: Double
  }

  /// Leaves the others, who all do.
  package func leave() { table.pointee.leave() }

  /// Ends all processes.
  package func abort(code: Int32) -> Never {
    table.pointee.abort(code)
    exit(code)
  }
}

/// What started this process says about others.
package enum ProcessLauncher {
  /// How many processes were started together with this one: 1 where nobody says that there are others.
  ///
  /// Each launcher says so in a variable of its own: BNC_PROCESSES, which is the user's; Open MPI's
  /// mpirun; MPICH's, Intel's and srun with PMI; srun with PMIx, but not what a shell that srun started
  /// hands down. The first that is there decides.
  package static func count(_ environment: [String: String]) -> Int {
    for name in ["BNC_PROCESSES", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE"] {
      if let text = environment[name], let count = Int(text) { return max(1, count) }
    }
    guard environment["PMIX_RANK"] != nil, environment["SLURM_PTY_PORT"] == nil,
      let text = environment["SLURM_STEP_NUM_TASKS"], let count = Int(text)
    else { return 1 }
    return max(1, count)
  }
}
