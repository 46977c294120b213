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

  /// `$XDG_CACHE_HOME/bnc`, else `$HOME/.cache/bnc`; a path that is not whole is none.
  package static var standard: PluginCache {
    let environment = ProcessInfo.processInfo.environment
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return PluginCache(folder: cache + "/bnc")
    }
    if let home = environment["HOME"], home.hasPrefix("/") {
      return PluginCache(folder: (home == "/" ? "" : home) + "/.cache/bnc")
    }
    return PluginCache(folder: NSHomeDirectory() + "/.cache/bnc")
  }

  /// The cache in `folder`.
  package init(folder: String) { self.folder = folder }

  /// A plugin of `source`: the one in the cache, or else one that is compiled now. Where others can
  /// write to the cache, it is passed over.
  ///
  /// - Parameters:
  ///   - source: The model.
  ///   - options: What shapes its C.
  ///   - compiler: What compiles the C.
  ///   - library: The words of the language and what they mean.
  ///   - load: Makes something of the plugin's path and the hash that its table must hold, which it
  ///     throws a `Failure` for where the file is damaged.
  /// - Returns: What `load` made, warnings and notes about the model, and what was amiss with the cache.
  /// - Throws: `ModelErrors`, or `Failure` where there is no compiler or no place to write.
  package func withPlugin<Loaded>(
    for source: SourceFile, _ options: CompileOptions, compiler: CCompiler,
    library: Library = .standard, _ load: (_ path: String, _ hash: String) throws -> Loaded
  ) throws -> (loaded: Loaded, diagnostics: [Diagnostic], warnings: [String]) {
    let compilation = try Compiler.compile(source, options, library: library)
    let key = [
      compilation.hash, compilation.plugin.network, compilation.plugin.header, compiler.identity,
      options.plan.target.compilerFlags.joined(separator: " "), Self.processor,
    ].joined(separator: "\n")
    let name = SHA256.hexadecimal(of: Array(key.utf8)).prefix(32)
    let path = "\(folder)/\(compilation.model.name)-\(name).so"
    let (loaded, warnings) = try entry(
      path,
      made: { work in
        let files = PluginFiles(compilation: compilation, folder: work)
        try files.write(with: compiler, target: options.plan.target, host: false)
        return files.plugin
      }
    ) { try load($0, compilation.hash) }
    return (loaded, compilation.diagnostics, warnings)
  }

  /// What `load` makes of the shared library at `path`, which `make` builds in a folder of its own
  /// where it is not there. One that cannot be loaded is built again.
  func entry<Loaded>(
    _ path: String, made make: (_ work: String) throws -> String,
    _ load: (_ path: String) throws -> Loaded
  ) throws -> (loaded: Loaded, warnings: [String]) {
    if let objection = try CacheFolder(path: folder).prepare() {
      let loaded = try WorkFolder.with(
        in: WorkFolder.temporary, prefix: "bnc-plugin-",
        help: "set TMPDIR to a folder that can be written"
      ) { try load(make($0)) }
      return (loaded, ["\(folder): \(objection): the cache is passed over"])
    }
    var warnings: [String] = []
    // Another program may clear the cache at any moment: what is gone is built once more.
    for _ in 0..<3 {
      do {
        if let loaded = try FileSeal.use(path, load) { return (loaded, warnings) }
      } catch let failure as Failure {
        guard warnings.isEmpty else { throw failure }
        warnings.append("\(path): \(failure.what); it is compiled again")
        FileTree.remove(path)
      }
      try build(path, make)
      prune(keeping: path)
    }
    return (try load(path), warnings)
  }

  /// Makes `path`: `make` builds it in a folder of its own and says where, and it is renamed, so that
  /// two processes, or two threads, never see half of it.
  private func build(_ path: String, _ make: (_ work: String) throws -> String) throws {
    let help = "set XDG_CACHE_HOME to the full path of a folder that can be written"
    try WorkFolder.with(in: folder, prefix: Self.workPrefix, help: help) { work in
      try Folder.move(make(work), to: path)
    }
  }

  /// Removes all plugins, and what compilations that were cut off have left; says how many plugins
  /// there were and their bytes. What is being compiled now stays.
  package func clear() throws -> (count: Int, bytes: Int) {
    let all = try contents()
    for plugin in all where !FileTree.remove(plugin.path) {
      throw Failure("cannot be removed", path: plugin.path)
    }
    WorkFolder.removeLeftovers(in: folder, prefix: Self.workPrefix)
    return (all.count, all.reduce(0) { $0 + $1.bytes })
  }

  /// The plugins in the cache, by name.
  ///
  /// - Throws: `Failure` where the folder cannot be read, or others can write to it.
  package func contents() throws -> [(path: String, bytes: Int)] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    if let objection = CacheFolder(path: folder).objection {
      throw Failure(
        objection, path: folder,
        help: "it is passed over: look at what is in it, then remove it, or chmod 700")
    }
    guard access(folder, R_OK | X_OK) == 0 else {
      throw Failure.system("the cache cannot be read", path: folder)
    }
    return plugins().map { ($0.path, $0.bytes) }.sorted { $0.path < $1.path }
  }

  /// The plugins in the cache, in no order, and when each was used last.
  func plugins() -> [(path: String, bytes: Int, used: Int)] {
    FileTree.names(in: folder).filter { $0.hasSuffix(".so") }.compactMap { name in
      let path = "\(folder)/\(name)"
      var status = stat()
      guard lstat(path, &status) == 0 else { return nil }
      return (
        path, Int(status.st_size), status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
      )
    }
  }

  private static let workPrefix = "build-"

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
