import Foundation
import Testing

@testable import Runner

/// A directory that a test may fill; gone when the test is.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/bnc-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file of these bytes and returns its path.
  @discardableResult
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }
}

/// The hand-written plugin, compiled by whatever clang is there.
enum Fixture {
  /// Where the package lies.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// The compiler, or nil: then tests that need one are skipped.
  static let clang: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
    .split(separator: ":").map { "\($0)/clang" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  static let isAvailable = clang != nil

  /// Compiles the fixture with `-D` for each of `macros`, into `scratch`.
  static func compile(_ macros: [String] = [], in scratch: Scratch) throws -> String {
    let source = try scratch.file("fixture.c", Array(fixtureSource.utf8))
    let output = "\(scratch.path)/fixture\(macros.count).so"
    let status = try run(
      try #require(clang),
      ["-std=c11", "-O1", "-fPIC", "-shared", "-Wall", "-Werror", "-o", output, source]
        + ["-I\(root)/Sources/PluginABI/include", "-lm"] + macros.map { "-D\($0)" })
    #expect(status == 0)
    return output
  }

  /// The fixture as a network with memory, started from `seed`.
  static func network(
    _ macros: [String] = [], threads: Int = 1, seed: UInt64 = 1, withGradients: Bool = false,
    in scratch: Scratch
  ) throws -> Network {
    let plugin = try LoadedPlugin(path: compile(macros, in: scratch))
    let network = try Network(
      plugin, host: Host(pool: ThreadPool(threads: threads)), withGradients: withGradients)
    network.regions.initialize(plugin.description, seed: seed)
    return network
  }

  /// Runs a program to its end and returns its status.
  static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// `count` examples of four features whose largest of the first three is their class.
  static func examples(_ count: Int, seed: UInt64 = 7) throws -> Examples {
    var generator = RandomGenerator(seed: seed, purpose: .digits, index: 0)
    let bytes = try AlignedMemory(byteCount: count * 4)
    let labels = try AlignedMemory(byteCount: count * 4)
    for index in 0..<count {
      let features = (0..<4).map { _ in UInt8(generator.below(256)) }
      for (offset, feature) in features.enumerated() { bytes.bytes[index * 4 + offset] = feature }
      let largest = (0..<3).max { features[$0] < features[$1] } ?? 0
      labels.bytes.storeBytes(of: Int32(largest), toByteOffset: index * 4, as: Int32.self)
    }
    return Examples(
      inputs: Tensor(shape: [count, 4], type: .uint8, memory: bytes), targets: .classes(labels))
  }
}

/// The words of the failure that `work` throws.
func failure(_ work: () throws -> Void) -> String {
  do {
    try work()
    return "no failure"
  } catch {
    return "\(error)"
  }
}
