import Diagnostics
import Files
import Foundation
import Lowering

/// The files of a compiled model in a folder: `<model>.c`, `<model>.h`, `<model>_main.c`,
/// `<model>_trainer.h`, `<model>_trainer.c`, `<model>.so`.
package struct PluginFiles: Sendable {
  private let compilation: Compilation
  private let folder: String

  /// The files of `compilation` in `folder`.
  package init(compilation: Compilation, folder: String) {
    self.compilation = compilation
    self.folder = folder
  }

  /// The network's C.
  package var network: String { "\(folder)/\(compilation.model.name).c" }
  /// The interface.
  package var header: String { "\(folder)/\(compilation.model.name).h" }
  /// The plain C program.
  package var host: String { "\(folder)/\(compilation.model.name)_main.c" }
  /// What trains the network in a program of the caller's.
  package var trainerHeader: String { "\(folder)/\(compilation.model.name)_trainer.h" }
  package var trainer: String { "\(folder)/\(compilation.model.name)_trainer.c" }
  package var plugin: String { "\(folder)/\(compilation.model.name).so" }

  /// Every file, in the order in which they are written.
  package func all(host includesHost: Bool) -> [String] {
    [network, header] + (includesHost ? hostFiles.map(\.path) : []) + [plugin]
  }

  /// The files for programs of one's own, with what is in them.
  private var hostFiles: [(path: String, text: String)] {
    let source = compilation.plugin
    return [(host, source.host)]
      + (source.trainer.map { [(trainerHeader, $0.header), (trainer, $0.source)] } ?? [])
  }

  /// Writes the C and builds the plugin. The C is compiled beside its place first, so that a
  /// compiler that fails leaves what was there before as it was, and no empty folder where there
  /// was none. Where nobody needs the plugin, a compiler that fails is no error: the C is written
  /// without a plugin, and one that is there already, of other C, is removed.
  ///
  /// - Returns: Whether there is a plugin.
  @discardableResult
  package func write(
    with compiler: CCompiler, target: TargetMachine, host includesHost: Bool,
    needsPlugin: Bool = true
  ) throws -> Bool {
    try HeldSignals.during {
      let made = try Folder.make(folder)
      do {
        return try WorkFolder.with(in: folder, prefix: ".bnc-", help: "name another folder with -o")
        {
          try build(
            in: $0, with: compiler, target: target, host: includesHost, needsPlugin: needsPlugin)
        }
      } catch {
        Folder.removeEmpty(made)
        throw error
      }
    }
  }

  private func build(
    in work: String, with compiler: CCompiler, target: TargetMachine, host includesHost: Bool,
    needsPlugin: Bool
  ) throws -> Bool {
    let draft = PluginFiles(compilation: compilation, folder: work)
    try AtomicFile.write(compilation.plugin.network, to: draft.network)
    try AtomicFile.write(compilation.plugin.header, to: draft.header)
    if includesHost {
      for (path, text) in draft.hostFiles { try AtomicFile.write(text, to: path) }
    }
    var hasPlugin = true
    do {
      try compiler.build(source: draft.network, output: draft.plugin, target: target)
    } catch {
      if needsPlugin || HeldSignals.signal != nil { throw error }
      hasPlugin = false
    }
    for (made, place) in zip(draft.all(host: includesHost), all(host: includesHost))
    where hasPlugin || place != plugin {
      try Folder.move(made, to: place)
    }
    if !hasPlugin, FileManager.default.fileExists(atPath: plugin) { try Self.remove(plugin) }
    return hasPlugin
  }

  static func remove(_ path: String) throws {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw Failure("cannot be removed: \(error.localizedDescription)", path: path)
    }
  }
}
