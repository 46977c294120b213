import Diagnostics
import Files
import Foundation

/// How large the cache may be. What was not used for the longest time goes first.
package struct CacheLimit: Hashable, Sendable {
  /// The most bytes of all plugins together.
  package let bytes: Int

  /// Where no other is set.
  package static let usual = CacheLimit(bytes: 1 << 30)

  /// The limit of `bytes`.
  package init(bytes: Int) { self.bytes = bytes }

  /// The limit that a text says as `byteCount` has it; nil of other text.
  package init?(_ text: String) {
    guard let bytes = byteCount(text) else { return nil }
    self.bytes = bytes
  }
}

extension PluginCache {
  /// The limit that is kept with the plugins.
  package var limit: CacheLimit {
    guard let text = try? String(contentsOfFile: limitFile, encoding: .utf8) else { return .usual }
    return CacheLimit(text.filter { !$0.isWhitespace }) ?? .usual
  }

  private var limitFile: String { "\(folder)/limit" }

  /// Sets the limit, and removes what is beyond it.
  ///
  /// - Returns: How many plugins were removed, and their bytes.
  /// - Throws: `Failure` where the limit cannot be kept.
  package func setLimit(_ limit: CacheLimit) throws -> (count: Int, bytes: Int) {
    if let objection = try CacheFolder(path: folder).prepare() {
      throw Failure(objection, path: folder, help: "set XDG_CACHE_HOME to a folder of your own")
    }
    try AtomicFile.write("\(limit.bytes)\n", to: limitFile)
    return prune()
  }

  /// Removes plugins until the rest is within the limit; `path`, which is about to be loaded, stays.
  @discardableResult
  func prune(keeping path: String? = nil) -> (count: Int, bytes: Int) {
    var total = 0
    var removed = (count: 0, bytes: 0)
    let limit = limit.bytes
    for plugin in plugins().sorted(by: { ($0.used, $0.path) > ($1.used, $1.path) }) {
      total += plugin.bytes
      guard total > limit, plugin.path != path else { continue }
      if FileTree.remove(plugin.path) {
        removed.count += 1
        removed.bytes += plugin.bytes
        total -= plugin.bytes
      }
    }
    return removed
  }
}
