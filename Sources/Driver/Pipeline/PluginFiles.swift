import Diagnostics
import Foundation
import Lowering

/// The files of a compiled model in a folder: `<model>.c`, `<model>.h`, `main.c`, `<model>.so`.
public struct PluginFiles: Sendable {
  private let compilation: Compilation
  private let folder: String

  /// The files of `compilation` in `folder`.
  public init(compilation: Compilation, folder: String) {
    self.compilation = compilation
    self.folder = folder
  }

  /// The network's C.
  public var network: String { "\(folder)/\(compilation.model.name).c" }
  /// The interface.
  public var header: String { "\(folder)/\(compilation.model.name).h" }
  /// The plain C program.
  public var host: String { "\(folder)/main.c" }
  /// The plugin.
  public var plugin: String { "\(folder)/\(compilation.model.name).so" }

  /// Writes the C, each file whole or not at all.
  public func writeSources(host includesHost: Bool) throws {
    try Self.write(compilation.plugin.network, to: network)
    try Self.write(compilation.plugin.header, to: header)
    if includesHost { try Self.write(compilation.plugin.host, to: host) }
  }

  /// Compiles the C into the plugin, which appears whole or not at all.
  public func build(with compiler: CCompiler, target: Target) throws {
    let temporary = "\(folder)/.\(compilation.model.name).so.\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    try compiler.build(source: network, output: temporary, target: target)
    try Self.rename(temporary, to: plugin)
  }

  /// Makes a folder and those above it.
  public static func makeFolder(_ folder: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        "the folder cannot be made: \(error.localizedDescription)", path: folder,
        help: "name a folder that can be written with -o")
    }
  }

  static func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Failure("cannot be written: \(error.localizedDescription)", path: path)
    }
  }

  static func rename(_ path: String, to target: String) throws {
    guard Foundation.rename(path, target) == 0 else {
      throw Failure("cannot be written: \(String(cString: strerror(errno)))", path: target)
    }
  }

  static func remove(_ path: String) throws {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw Failure("cannot be removed: \(error.localizedDescription)", path: path)
    }
  }
}
