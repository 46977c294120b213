import ArgumentParser
import Driver

/// `bnc cache`: what `bnc train` and its like have compiled for this machine.
struct Cache: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows or clears the plugins that were compiled for this machine.",
    discussion: """
      They are in $XDG_CACHE_HOME/bnc, else $HOME/.cache/bnc, a folder that only you can write to. Those \
      that were not used for the longest time go where the limit, 1 GiB, is passed. A damaged one is \
      compiled again.
      """)

  @Flag(help: "Remove them all.")
  var clear = false

  @Option(
    help: ArgumentHelp(
      "The most bytes that they may take, from now on: 500M, 2G.", valueName: "size"))
  var limit: CacheLimit?

  func run() throws {
    let cache = PluginCache.standard
    if let limit {
      let (count, bytes) = try cache.setLimit(limit)
      print("limit \(Self.size(limit.bytes)): removed \(count) plugins, \(Self.size(bytes))")
    }
    if clear {
      let (count, bytes) = try cache.clear()
      print("removed \(count) plugins, \(Self.size(bytes)), from \(cache.folder)")
    } else if limit == nil {
      let plugins = try cache.contents()
      for plugin in plugins { print("\(plugin.path)  \(Self.size(plugin.bytes))") }
      print("\(plugins.count) plugins in \(cache.folder); --clear removes them")
    }
  }

  private static func size(_ bytes: Int) -> String { "\(bytes / 1024) KiB" }
}

extension CacheLimit: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
