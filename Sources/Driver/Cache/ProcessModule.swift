import Diagnostics
import Files
import Lowering
import MPIModule

extension PluginCache {
  /// What `load` makes of the shared library that joins the processes of an MPI: the one in the cache,
  /// or else one that is compiled now, by that MPI's own compiler.
  package func withProcessModule<Loaded>(_ load: (_ path: String) throws -> Loaded) throws -> Loaded
  {
    let (source, header) = (
      String(cString: bnc_module_source()), String(cString: bnc_module_header())
    )
    let compiler = try CCompiler.ofMPI()
    let key = [bncVersion, source, header, compiler.identity].joined(separator: "\n")
    let path = "\(folder)/mpi-\(SHA256.hexadecimal(of: Array(key.utf8)).prefix(32)).so"
    return try entry(
      path,
      made: { work in
        try AtomicFile.write(header, to: "\(work)/bnc_processes.h")
        try AtomicFile.write(source, to: "\(work)/bnc_mpi.c")
        try compiler.build(
          source: "\(work)/bnc_mpi.c", output: "\(work)/bnc_mpi.so", target: .generic)
        return "\(work)/bnc_mpi.so"
      }, load
    ).loaded
  }
}

extension CCompiler {
  /// The compiler of the MPI that is there: what BNC_MPICC names, else mpicc on PATH.
  ///
  /// - Throws: `Failure` where there is none, with how to get one.
  package static func ofMPI() throws(Failure) -> CCompiler {
    try wrapper(
      named: "BNC_MPICC", usually: "mpicc",
      missing: "this is one of several processes of MPI, and MPI's compiler `mpicc` is not on PATH",
      help: "apt-get install openmpi-bin libopenmpi-dev, or name another MPI's with BNC_MPICC")
  }
}
