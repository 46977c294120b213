import Diagnostics
import Foundation
import PluginABI
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

  /// Protects a process from a plugin whose tables lie: what is not in the plugin is not followed. Of
  /// each edit the field, the number of what `lie` writes there, and its value.
  @Test(
    .enabled(if: LyingPlugin.clang != nil, "needs clang"),
    arguments: [
      (\bnc_plugin.model_name, 3, 0, "does not say its model's name"),
      (\.model_name, 6, 1, "has its model's name in a text without an end"),
      (\.model_name, 7, 12345, "has its model's name outside of its memory"),
      (\.tensor_count, 2, 100_000, "has a table of 100000 tensors outside of its memory"),
      (\.plateau, 7, 12345, "has a table of 1 plateaus outside of its memory"),
      (\.tensors, 5, 1, "has a table of 8 tensors outside of its memory"),
      (\.train, 5, 0, "has an entry point outside of its memory"),
      (\.views, 7, 1 << 20, "has a table of 4 views outside of its memory"),
    ] as [(PartialKeyPath<bnc_plugin> & Sendable, Int, Int, String)])
  func lies(
    _ field: PartialKeyPath<bnc_plugin> & Sendable, _ kind: Int, _ value: Int, _ words: String
  ) throws {
    let reader = try #require(FuzzedReader.named("plugin"))
    let place = try #require(MemoryLayout<bnc_plugin>.offset(of: field)) / 4
    let edit = [place, place >> 8, kind, 0, value, value >> 8, value >> 16, value >> 24]
    let found = Self.read(edit.map { UInt8(truncatingIfNeeded: $0) }, reader, try FuzzedFile())
    #expect(found.hasSuffix(words), "\(found)")
  }
}
