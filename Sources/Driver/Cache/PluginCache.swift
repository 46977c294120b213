import Diagnostics
import Files
import Foundation
import IR
import Lowering
import Operators

/// The plugins that `bnc train` and its like compiled for this machine, kept under the user's cache
/// folder. A plugin's name is a hash of all that shapes it, so that nothing stale is ever found.
package struct PluginCache: Sendable {
  /// Where the plugins lie.
  package let folder: String

  /// `$XDG_CACHE_HOME/bnc`, else `~/.cache/bnc`.
  package static var standard: PluginCache {
    let environment = ProcessInfo.processInfo.environment
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return PluginCache(folder: cache + "/bnc")
    }
    return PluginCache(folder: NSHomeDirectory() + "/.cache/bnc")
  }

  /// The cache in `folder`.
  package init(folder: String) { self.folder = folder }

  /// A plugin of `source`: the one in the cache, or else one that is compiled now.
  ///
  /// - Returns: The plugin's path, the hash that its table must hold, and warnings and notes about
  ///   the model.
  /// - Throws: `ModelErrors`, or `Failure` where there is no compiler or no place to write.
  package func plugin(
    for source: SourceFile, _ options: CompileOptions, compiler: CCompiler,
    library: Library = .standard
  ) throws -> (path: String, hash: String, diagnostics: [Diagnostic]) {
    let compilation = try Compiler.compile(source, options, library: library)
    let key = [
      compilation.hash, compilation.plugin.network, compilation.plugin.header, compiler.identity,
      options.plan.target.compilerFlags.joined(separator: " "), Self.processor,
    ].joined(separator: "\n")
    let name = SHA256.hexadecimal(of: Array(key.utf8)).prefix(32)
    let path = "\(folder)/\(compilation.model.name)-\(name).so"
    try build(path) { work in
      let files = PluginFiles(compilation: compilation, folder: work)
      try files.write(with: compiler, target: options.plan.target, host: false)
      return files.plugin
    }
    return (path, compilation.hash, compilation.diagnostics)
  }

  /// Makes `path` unless it is there: `make` builds it in a folder of its own and says where, and
  /// it is renamed, so that two processes, or two threads, never see half of it.
  func build(_ path: String, _ make: (_ work: String) throws -> String) throws {
    if FileManager.default.isReadableFile(atPath: path) { return }
    let help = "set XDG_CACHE_HOME to the full path of a folder that can be written"
    // First by itself: a failure then names the user's folder, not a random one in it.
    try Folder.make(folder, help: help)
    let work = "\(folder)/\(Self.workPrefix)\(getpid())-\(UUID().uuidString)"
    try Folder.make(work, help: help)
    defer { try? FileManager.default.removeItem(atPath: work) }
    try Folder.move(try make(work), to: path)
  }

  /// Removes all plugins; says how many there were and their bytes.
  package func clear() throws -> (count: Int, bytes: Int) {
    let all = try contents()
    for file in all { try PluginFiles.remove(file.path) }
    return (all.count, all.reduce(0) { $0 + $1.bytes })
  }

  /// The plugins in the cache, by name, and what a compilation that was cut off has left.
  package func contents() throws -> [(path: String, bytes: Int)] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw Failure("the cache cannot be read: \(error.localizedDescription)", path: folder)
    }
    return names.filter { $0.hasSuffix(".so") || Self.isLeftover($0) }.sorted().map { name in
      let path = "\(folder)/\(name)"
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return (path, (attributes?[.size] as? NSNumber)?.intValue ?? 0)
    }
  }

  private static let workPrefix = "build-"

  /// Whether this is the folder of a compilation whose process has ended.
  private static func isLeftover(_ name: String) -> Bool {
    guard name.hasPrefix(workPrefix) else { return false }
    guard let process = pid_t(name.dropFirst(workPrefix.count).prefix { $0 != "-" }) else {
      return true
    }
    return kill(process, 0) != 0 && errno == ESRCH
  }

  /// Removes a plugin, so that the next call compiles it again.
  package func remove(_ path: String) throws { try PluginFiles.remove(path) }

  /// What tells this machine's processor apart from another's.
  private static var processor: String {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return ""
    }
    let wanted = ["model name", "flags", "Features", "CPU part"]
    return text.split(separator: "\n").prefix { !$0.hasPrefix("processor\t: 1") }
      .filter { line in wanted.contains { line.hasPrefix($0) } }.joined(separator: "\n")
  }
}
