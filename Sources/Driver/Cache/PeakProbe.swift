import CodeGeneration
import Diagnostics
import Foundation
import Lowering

extension PluginCache {
  /// A shared library that measures this machine's multiply-add peak: the one in the cache, or else
  /// one that is compiled now.
  public func peakProbe(compiler: CCompiler) throws -> String {
    let target = Target.native
    let key = ([bncVersion, PeakSource.text, compiler.identity] + target.compilerFlags)
      .joined(separator: "\n")
    let path = "\(folder)/peaks-\(SHA256.hexadecimal(of: Array(key.utf8)).prefix(32)).so"
    if FileManager.default.isReadableFile(atPath: path) { return path }
    try PluginFiles.makeFolder(folder)
    let work = "\(folder)/build-\(UUID().uuidString)"
    try PluginFiles.makeFolder(work)
    defer { try? FileManager.default.removeItem(atPath: work) }
    try PluginFiles.write(PeakSource.text, to: "\(work)/peaks.c")
    try compiler.build(source: "\(work)/peaks.c", output: "\(work)/peaks.so", target: target)
    try PluginFiles.rename("\(work)/peaks.so", to: path)
    return path
  }
}
