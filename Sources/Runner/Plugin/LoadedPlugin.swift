import Diagnostics
import Glibc
import PluginABI

/// A plugin in memory, checked before any of its entry points is called.
package final class LoadedPlugin: @unchecked Sendable {
  /// Where it was loaded from.
  package let path: String
  /// What it says about itself.
  package let description: PluginDescription
  let table: UnsafePointer<bnc_plugin>
  private let library: Library
  private let crashes: CrashLibrary?

  /// Loads the plugin at `path`; with `expectedHash` only if it was compiled from that model. `model` is
  /// that model's file, which a crash of the plugin is told of.
  ///
  /// - Throws: a failure that names the file: not a whole shared object, not a plugin, of another
  ///   interface, for instructions that this processor lacks, from another model, or with sizes
  ///   that contradict each other.
  package init(path: String, expectedHash: String? = nil, model: String? = nil) throws {
    self.path = path
    try ELFCheck.check(path)
    library = try Library(path: path)
    do {
      let memory: PluginMemory
      (table, memory) = try library.table()
      try Self.checkInterface(table)
      guard memory.holds(table) else { throw Failure("has a table outside of its memory") }
      description = try PluginDescription(table.pointee, in: memory)
      try Self.checkInstructions(description)
      // A plugin for inspection does not train, nor does one that infers or evaluates.
      guard
        table.pointee.train != nil || table.pointee.gradient != nil
          || table.pointee.prepare != nil && description.preparedSize > 0,
        table.pointee.evaluate != nil
      else {
        throw Failure("lacks an entry point")
      }
      if let expectedHash, description.modelHash != expectedHash {
        throw Failure(
          "was compiled from another model (hash \(description.modelHash), not \(expectedHash))",
          help: "compile the model again")
      }
    } catch let failure as Failure {
      throw Failure(failure.what, path: path, help: failure.help)
    }
    crashes = CrashLibrary(
      path: path, symbol: Library.tableName, at: library.tableAddress, subject: model ?? path,
      layers: description.layers)
  }

  /// The size and the version stand first, so that nothing else is read of a struct of another
  /// shape.
  private static func checkInterface(_ table: UnsafePointer<bnc_plugin>) throws {
    let start = UnsafeRawPointer(table)
    let size = start.load(as: UInt32.self)
    let version = start.load(fromByteOffset: 4, as: UInt32.self)
    guard version == UInt32(BNC_ABI_VERSION) else {
      throw Failure(
        "has plugin interface \(version), this bnc has \(BNC_ABI_VERSION)",
        help: "compile the model again with this bnc")
    }
    guard size == UInt32(MemoryLayout<bnc_plugin>.size) else {
      throw Failure(
        "has a table of \(size) bytes, this bnc one of \(MemoryLayout<bnc_plugin>.size)",
        help: "compile the model again with this bnc")
    }
  }

  private static func checkInstructions(_ description: PluginDescription) throws {
    let missing = description.instructionSet.subtracting(.current)
    guard missing.isEmpty else {
      throw Failure(
        "needs instructions that this processor lacks: \(missing) (it was compiled for "
          + "\(description.target))", help: "compile the model on this machine")
    }
  }
}

/// A shared object that is closed with its last owner.
private final class Library {
  private let handle: UnsafeMutableRawPointer

  init(path: String) throws {
    // A name without a slash would be looked up among the system's libraries.
    let place = path.contains("/") ? path : "./" + path
    guard let handle = dlopen(place, RTLD_NOW | RTLD_LOCAL) else {
      throw Failure("cannot be loaded: \(loaderMessage())", path: path)
    }
    self.handle = handle
  }

  deinit { dlclose(handle) }

  /// What a plugin exports.
  static let tableName = "bnc_plugin_table"

  /// Where that is.
  var tableAddress: UInt { UInt(bitPattern: dlsym(handle, Self.tableName)) }

  func table() throws -> (UnsafePointer<bnc_plugin>, PluginMemory) {
    guard let symbol = dlsym(handle, Self.tableName) else {
      throw Failure(
        "is not a plugin: it does not export bnc_plugin_table",
        help: "name a model (.bn) or a plugin that bnc compiled (.so)")
    }
    typealias Function = @convention(c) () -> UnsafePointer<bnc_plugin>?
    guard let table = unsafeBitCast(symbol, to: Function.self)() else {
      throw Failure("is not a plugin: its table is missing")
    }
    let memory = PluginMemory(holding: UnsafeRawPointer(symbol))
    // The size and the version, which are looked at next.
    guard memory.holds(UnsafeRawPointer(table).assumingMemoryBound(to: UInt64.self)) else {
      throw Failure("has a table outside of its memory")
    }
    return (table, memory)
  }
}

private func loaderMessage() -> String { dlerror().map { String(cString: $0) } ?? "unknown reason" }
