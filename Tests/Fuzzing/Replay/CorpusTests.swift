import Diagnostics
import Foundation
import Testing

/// The corpora of fuzzing without libFuzzer: what is there, and what was found, is read again.
@Suite(.serialized) struct CorpusTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("corpus")

  /// The inputs of a reader by their names, in order.
  private static func inputs(of reader: String) throws -> [(name: String, bytes: [UInt8])] {
    let folder = Self.folder.appendingPathComponent(reader)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      ($0, [UInt8](try Data(contentsOf: folder.appendingPathComponent($0))))
    }
  }

  private static func read(_ bytes: [UInt8], _ reader: FuzzedReader, _ file: FuzzedFile) -> String {
    do {
      try bytes.withUnsafeBytes { try reader.read($0, file) }
      return ""
    } catch let failure as Failure {
      return failure.description
    } catch {
      return "no failure but \(error)"
    }
  }

  /// Protects readers from all that fuzzing ever found, and each from being fuzzed with nothing that it
  /// takes: a corpus whose files are all refused at their start reaches no more of it.
  @Test(arguments: FuzzedReader.all.map(\.name))
  func corpus(_ name: String) throws {
    let reader = try #require(FuzzedReader.named(name))
    if ["plugin", "checkpoint"].contains(name), LyingPlugin.clang == nil { return }
    let file = try FuzzedFile()
    let inputs = try Self.inputs(of: name)
    var accepted = 0
    for (input, bytes) in inputs {
      #expect(bytes.count <= reader.largest, "\(input)")
      let words = Self.read(bytes, reader, file)
      #expect(!words.hasPrefix("no failure but"), "\(input): \(words)")
      if words.isEmpty { accepted += 1 }
    }
    #expect(accepted > 0, "none of \(inputs.count)")
  }

  /// Protects readers from files that are cut off, and from each byte of a file being another one.
  @Test(arguments: FuzzedReader.all.map(\.name).filter { $0 != "language" })
  func damage(_ name: String) throws {
    let reader = try #require(FuzzedReader.named(name))
    if ["plugin", "checkpoint"].contains(name), LyingPlugin.clang == nil { return }
    let file = try FuzzedFile()
    for (_, bytes) in try Self.inputs(of: name).prefix(4) {
      let step = max(bytes.count / 40, 1)
      for place in stride(from: 0, to: bytes.count, by: step) {
        var changed = bytes
        changed[place] ^= place % 2 == 0 ? 0xFF : 0x01
        for words in [
          Self.read(Array(bytes[..<place]), reader, file), Self.read(changed, reader, file),
        ] {
          #expect(!words.hasPrefix("no failure but"), "\(words)")
        }
      }
    }
  }

  /// Protects a process from a plugin whose tables lie: what is not in the plugin is not followed.
  @Test(
    .enabled(if: LyingPlugin.clang != nil, "needs clang"),
    arguments: [
      ("counts-1", "outside of its memory"), ("past-1", "outside of its memory"),
      ("endless-0", "a text without an end"), ("far-0", "outside of its memory"),
      ("nothing-0", "does not say its"),
    ])
  func lies(_ name: String, _ words: String) throws {
    let reader = try #require(FuzzedReader.named("plugin"))
    let bytes = try #require(try Self.inputs(of: "plugin").first { $0.name == name }?.bytes)
    let found = Self.read(bytes, reader, try FuzzedFile())
    #expect(found.contains(words), "\(found)")
  }
}
