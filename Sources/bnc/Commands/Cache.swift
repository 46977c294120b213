import ArgumentParser
import Driver

/// `bnc cache`: what `bnc train` and its like have compiled for this machine.
struct Cache: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows or clears the plugins that were compiled for this machine.")

  @Flag(help: "Remove them all.")
  var clear = false

  func run() throws {
    let cache = PluginCache.standard
    if clear {
      let (count, bytes) = try cache.clear()
      print("removed \(count) plugins, \(bytes / 1024) KiB, from \(cache.folder)")
    } else {
      let plugins = try cache.contents()
      for plugin in plugins { print("\(plugin.path)  \(plugin.bytes / 1024) KiB") }
      print("\(plugins.count) plugins in \(cache.folder); --clear removes them")
    }
  }
}
