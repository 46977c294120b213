import CodeGeneration
import Files
import Lowering

extension PluginCache {
  /// What `load` makes of a shared library that measures this machine's multiply-add peak: the one in
  /// the cache, or else one that is compiled now.
  package func withPeakProbe<Loaded>(
    compiler: CCompiler, for target: TargetMachine, _ load: (_ path: String) throws -> Loaded
  ) throws -> Loaded {
    let key = ([bncVersion, PeakSource.text, compiler.identity] + target.compilerFlags)
      .joined(separator: "\n")
    let path = "\(folder)/peaks-\(SHA256.hexadecimal(of: Array(key.utf8)).prefix(32)).so"
    return try entry(
      path,
      made: { work in
        try AtomicFile.write(PeakSource.text, to: "\(work)/peaks.c")
        try compiler.build(source: "\(work)/peaks.c", output: "\(work)/peaks.so", target: target)
        return "\(work)/peaks.so"
      }, load
    ).loaded
  }
}
