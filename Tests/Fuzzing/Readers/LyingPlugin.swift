import Diagnostics
import Foundation

@testable import Runner

/// A plugin in C whose tables are changed by the bytes of an input before it is loaded
/// (`Plugin/lying_plugin.c`).
struct LyingPlugin: @unchecked Sendable {
  /// The plugin, compiled once: by whoever named it in BNC_FUZZ_PLUGIN, else by clang.
  static let shared = Result { try LyingPlugin() }

  private typealias Lie = @convention(c) (UnsafeRawPointer?, Int) -> Void
  private let path: String
  private let lie: Lie
  private let bePlain: @convention(c) () -> Void

  private init() throws {
    path = try ProcessInfo.processInfo.environment["BNC_FUZZ_PLUGIN"] ?? Self.compile()
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL), let lie = dlsym(handle, "lie"),
      let bePlain = dlsym(handle, "be_plain")
    else { throw Failure("cannot be loaded", path: path) }
    self.lie = unsafeBitCast(lie, to: Lie.self)
    self.bePlain = unsafeBitCast(bePlain, to: (@convention(c) () -> Void).self)
  }

  /// Where clang is on PATH; without it there is no plugin.
  static let clang = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/clang" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  private static func compile() throws -> String {
    guard let clang else { throw Failure("there is no clang on PATH") }
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    let root = folder.deletingLastPathComponent().deletingLastPathComponent()
    let output = NSTemporaryDirectory() + "/bnc-lying-\(UUID().uuidString).so"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: clang)
    process.arguments = [
      "-std=c11", "-O1", "-fPIC", "-shared", "-Wall", "-Werror", "-o", output,
      folder.path + "/Plugin/lying_plugin.c", "-I\(root.path)/Sources/PluginABI/include",
    ]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure("clang failed", path: output) }
    return output
  }

  /// A network of the plugin when it tells the truth.
  func plainNetwork() throws -> Network {
    bePlain()
    let network = try Network(
      try LoadedPlugin(path: path), host: Host(pool: ThreadPool(threads: 1)))
    network.regions.initialize(network.plugin.description, seed: 1)
    return network
  }

  /// Loads the plugin after `edits` of its tables, and does what does not call it: memory, the start
  /// of weights, views.
  func read(_ edits: UnsafeRawBufferPointer) throws {
    lie(edits.baseAddress, edits.count)
    let plugin = try LoadedPlugin(path: path)
    let description = plugin.description
    _ = (description.averages, description.savedTensors, description.parameterCount)
    _ = description.learningRate
    for view in description.views {
      for (look, input) in zip(view.inputs, description.inputs) where input.count < 1 << 12 {
        let (height, width) = PluginView.sides(input.shape)
        let places = look.places(height: height, width: width)
        precondition(places.allSatisfy { (0..<height * width).contains($0) })
      }
    }
    for sound in description.inputs.compactMap(\.sound)
    where sound.window <= 1 << 10 && sound.frames * (sound.width + 1) <= 1 << 10 {
      _ = SoundFrontEnd(sound)([0.5, -0.5])
    }
    let sizes = [
      description.parametersSize, description.stateSize, description.scratchSize,
      description.slotsSize, description.preparedSize,
    ]
    guard sizes.allSatisfy({ $0 <= 1 << 13 }) else { return }
    let regions = try Regions(for: description)
    regions.initialize(description, seed: 1)
    regions.exchangeAverages(description)
    for tensor in description.savedTensors { use(try regions.tensor(tensor)) }
  }
}
