import Foundation
import Testing

@testable import Runner

struct SafeTensorsTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func file(_ json: String, _ data: [UInt8], length: UInt64? = nil) throws -> String {
    let text = Array(json.utf8)
    let size = length ?? UInt64(text.count)
    return try scratch.file(
      "x-\(UUID().uuidString)",
      (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + text + data)
  }

  private static func entry(_ name: String, _ shape: String, _ start: Int, _ end: Int) -> String {
    "\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(start),\(end)]}"
  }

  /// Protects the round trip, strange names included.
  @Test func survivesTheRoundTrip() throws {
    let path = scratch.path + "/w"
    let one = try Tensor(shape: [2, 2], values: [1, 2, 3, 4], as: .float32)
    let two = try Tensor(shape: [], values: [0.1])
    try SafeTensors.write(
      [(name: "a \"b\"\n\\é", tensor: one), (name: "two", tensor: two)],
      metadata: ["k": "v"], to: path)
    let back = try SafeTensors(path)
    #expect(back.names == ["a \"b\"\n\\é", "two"])
    #expect(try back.tensor("a \"b\"\n\\é")?.values == [1, 2, 3, 4])
    #expect(try back.tensor("two")?.type == .float64)
    #expect(try back.tensor("two")?.shape == [])
    #expect(try back.tensor("none") == nil)
  }

  /// Protects equal files of equal weights: the header's members are in one order, the data in the
  /// given.
  @Test func writesTheSameBytes() throws {
    let path = scratch.path + "/w"
    let one = try Tensor(shape: [1], values: [1], as: .float32)
    let two = try Tensor(shape: [2, 1], values: [2, 3], as: .float32)
    try SafeTensors.write(
      [(name: "b/c", tensor: one), (name: "a", tensor: two)], metadata: ["y": "1", "x": "2"],
      to: path)
    let header =
      #"{"__metadata__":{"x":"2","y":"1"},"#
      + #""a":{"data_offsets":[4,12],"dtype":"F32","shape":[2,1]},"#
      + #""b/c":{"data_offsets":[0,4],"dtype":"F32","shape":[1]}}"#
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let length = (header.utf8.count + 7) / 8 * 8
    #expect(bytes.prefix(8) == [UInt8(length), 0, 0, 0, 0, 0, 0, 0])
    #expect(String(decoding: bytes[8..<8 + header.utf8.count], as: UTF8.self) == header)
    #expect(bytes.dropFirst(8 + length) == [0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64])
  }

  /// Protects the format itself: the bytes that Python's safetensors 0.8 wrote for
  /// `{"b": float32 [1, 2], "a": float16 [[1.5]]}`.
  @Test func readsPythonsBytes() throws {
    let bytes: [UInt8] = [
      112, 0, 0, 0, 0, 0, 0, 0, 123, 34, 98, 34, 58, 123, 34, 100, 116, 121, 112, 101, 34, 58, 34,
      70, 51, 50, 34, 44, 34, 115, 104, 97, 112, 101, 34, 58, 91, 50, 93, 44, 34, 100, 97, 116, 97,
      95, 111, 102, 102, 115, 101, 116, 115, 34, 58, 91, 48, 44, 56, 93, 125, 44, 34, 97, 34, 58,
      123, 34, 100, 116, 121, 112, 101, 34, 58, 34, 70, 49, 54, 34, 44, 34, 115, 104, 97, 112, 101,
      34, 58, 91, 49, 44, 49, 93, 44, 34, 100, 97, 116, 97, 95, 111, 102, 102, 115, 101, 116, 115,
      34, 58, 91, 56, 44, 49, 48, 93, 125, 125, 32, 32, 0, 0, 128, 63, 0, 0, 0, 64, 0, 62,
    ]
    let path = try scratch.file("python", bytes)
    let file = try SafeTensors(path)
    #expect(file.names == ["a", "b"])
    #expect(try file.tensor("b")?.values == [1, 2])
    #expect(try file.tensor("a")?.values == [1.5])
    #expect(try file.tensor("a")?.shape == [1, 1])
  }

  /// Protects against a header length that the file does not have.
  @Test func refusesAHugeHeader() throws {
    let path = try file("{}", [], length: .max)
    #expect(failure { _ = try SafeTensors(path) }.contains("declares a header of"))
    // A sparse file has any size; the format's own reader stops at 100 MB too.
    let sparse = try file("{}", [], length: 100_000_001)
    #expect(truncate(sparse, 200_000_000) == 0)
    #expect(
      failure { _ = try SafeTensors(sparse) }
        == "\(sparse): declares a header of 100000001 bytes, at most 100000000 are read")
    let short = try scratch.file("short", [1, 2])
    #expect(failure { _ = try SafeTensors(short) }.contains("it has 2 bytes"))
  }

  /// Protects headers of 35615 bytes, a length whose first bytes are those of a gzip file.
  @Test func isNotTakenForGzip() throws {
    let json = "{\(Self.entry("a", "[1]", 0, 4))"
    let padding = String(repeating: " ", count: 0x8B1F - json.utf8.count - 1)
    let path = try file(json + padding + "}", [0, 0, 128, 63])
    #expect(try SafeTensors(path).tensor("a")?.values == [1])
  }

  /// Protects against every way in which a header can contradict its data.
  @Test(arguments: [
    ([entry("a", "[2]", 0, 8), entry("b", "[2]", 4, 12)], 12, "overlapping tensors: 'a' and 'b'"),
    ([entry("a", "[1]", 0, 4), entry("a", "[1]", 4, 8)], 8, "names 'a' twice"),
    ([entry("a", "[2]", 0, 8)], 4, "places 'a' at bytes 0 to 8, but has 4"),
    ([entry("a", "[3]", 0, 8)], 8, "gives 'a' 8 bytes"),
    ([entry("a", "[9223372036854775807,9]", 0, 8)], 8, "gives 'a' 8 bytes"),
    ([entry("a", "[1]", 4, 8)], 8, "4 bytes before 'a'"),
    ([entry("a", "[1]", 0, 4)], 8, "4 bytes at its end"),
    ([entry("a", "[1]", 8, 4)], 8, "places 'a'"),
    ([entry("a", "[-1]", 0, 4)], 4, "damaged header"),
    ([entry("a", "[99999999999999999999]", 0, 4)], 4, "damaged header"),
    (["\"a\":{\"dtype\":\"C64\",\"shape\":[1],\"data_offsets\":[0,8]}"], 8, "as C64"),
    (["\"a\":{\"dtype\":\"F32\",\"shape\":[1]}"], 4, "lacks dtype, shape or data_offsets"),
    (["\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}"], 4, "lacks"),
    (["\"a\""], 0, "damaged header"), (["\"a"], 0, "damaged header"),
    (["\"\\ud800\":{}"], 0, "damaged"),
  ])
  func refuses(entries: [String], dataSize: Int, words: String) throws {
    let path = try file(
      "{" + entries.joined(separator: ",") + "}", .init(repeating: 0, count: dataSize))
    let message = failure { _ = try SafeTensors(path) }
    #expect(message.hasPrefix(path) && message.contains(words), "\(message)")
  }

  /// Protects against any other bytes in a header.
  @Test func survivesAnyHeader() throws {
    var generator = RandomGenerator(seed: 6, purpose: .digits, index: 0)
    let json = Array("{\(Self.entry("a", "[2]", 0, 8))}".utf8)
    for round in 0..<300 {
      var bytes: [UInt8] =
        [UInt8(json.count), 0, 0, 0, 0, 0, 0, 0] + json + .init(repeating: 0, count: 8)
      for _ in 0..<2 {
        bytes[Int(generator.below(UInt64(bytes.count)))] = UInt8(generator.below(256))
      }
      let path = try scratch.file("fuzz\(round % 4)", bytes)
      _ = failure { _ = try SafeTensors(path) }
    }
  }

  /// Protects what others make of our files: Python's own reader finds the same numbers.
  @Test func isReadByPython() throws {
    let script = """
      import sys
      try:
        from safetensors.numpy import load_file
      except ImportError:
        sys.exit(77)
      t = load_file(sys.argv[1])
      ok = t["conv1.weight"].tolist() == [[1.0, 2.5]] and t["conv1.weight"].dtype == "float32"
      sys.exit(0 if ok and t["x"].dtype == "float64" else 1)
      """
    let path = scratch.path + "/w.safetensors"
    try SafeTensors.write(
      [
        (name: "conv1.weight", tensor: try Tensor(shape: [1, 2], values: [1, 2.5], as: .float32)),
        (name: "x", tensor: try Tensor(shape: [1], values: [3])),
      ], metadata: ["bnc.model": "m"], to: path)
    let status = try Fixture.run("/usr/bin/env", ["python3", "-c", script, path])
    let unavailable: Set<Int32> = [77, 127]
    if unavailable.contains(status) { return }
    #expect(status == 0)
  }
}
