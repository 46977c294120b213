import Foundation
import Testing

@testable import Runner

struct IDXTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A header of unsigned bytes.
  private func header(_ shape: [UInt32], type: UInt8 = 8) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)]
      + shape.flatMap { length in (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
      }
  }

  private func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
    let path = try scratch.file("raw-\(UUID().uuidString)", bytes)
    #expect(try Fixture.run("/bin/sh", ["-c", "gzip -9 -c \(path) > \(path).gz"]) == 0)
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + ".gz")))
  }

  /// Protects the common case: raw and gzipped files read alike, and bytes stay bytes.
  @Test func readsRawAndGzipped() throws {
    let bytes = header([2, 2, 3]) + Array(0..<12)
    for name in ["raw", "zipped"] {
      let path = try scratch.file(name, name == "raw" ? bytes : gzipped(bytes))
      let tensor = try IDX.read(path)
      #expect(tensor.shape == [2, 2, 3])
      #expect(tensor.type == .uint8)
      #expect(tensor.values == (0..<12).map(Double.init))
    }
  }

  /// Protects numbers of several bytes, which the file has the other way round.
  @Test func turnsBytesRound() throws {
    let path = try scratch.file(
      "floats", header([2], type: 0x0D) + [0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0])
    #expect(try IDX.read(path).values == [1, -2])
    let ints = try scratch.file("ints", header([1], type: 0x0C) + [0, 0, 1, 2])
    #expect(try IDX.read(ints).values == [258])
  }

  /// Protects against memory being taken for a file that lies about its size, or a crash.
  @Test func refusesLies() throws {
    let many = try scratch.file("many", header([.max, .max, .max, .max]) + [1])
    #expect(failure { _ = try IDX.read(many) }.contains("more than the file holds"))
    let short = try scratch.file("short", header([10]) + [1, 2, 3])
    #expect(
      failure { _ = try IDX.read(short) }
        == "\(short): declares [10] numbers of type uint8, more than the file holds")
    let long = try scratch.file("long", header([2]) + [1, 2, 3])
    #expect(failure { _ = try IDX.read(long) }.contains("holds more than the [2] numbers"))
    let empty = try scratch.file("empty", [])
    #expect(failure { _ = try IDX.read(empty) }.contains("ends after 0 of the 4 bytes"))
    let other = try scratch.file("other", Array("PNG!!".utf8))
    #expect(failure { _ = try IDX.read(other) }.contains("is not an IDX file"))
    #expect(failure { _ = try IDX.read(scratch.path) }.contains("is not a regular file"))
    let missing = scratch.path + "/missing"
    #expect(
      failure { _ = try IDX.read(missing) }
        == "\(missing): cannot be opened: no such file or directory")
  }

  /// Protects against gzip files that are cut short, damaged, or inflate to more than they declare.
  @Test func refusesDamagedGzip() throws {
    let bytes = header([100_000]) + (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }
    let whole = try gzipped(bytes)
    let cut = try scratch.file("cut", Array(whole.prefix(whole.count / 2)))
    #expect(failure { _ = try IDX.read(cut) }.contains("ends within its compressed data"))
    var damaged = whole
    damaged[whole.count / 2] ^= 0xFF
    let broken = try scratch.file("broken", damaged)
    #expect(failure { _ = try IDX.read(broken) }.contains("damaged compressed data"))
    var checksum = whole
    checksum[whole.count - 6] ^= 1
    let wrong = try scratch.file("checksum", checksum)
    #expect(failure { _ = try IDX.read(wrong) }.contains("incorrect data check"))
    let lying = try scratch.file("lying", gzipped(header([.max]) + [1]))
    #expect(failure { _ = try IDX.read(lying) }.contains("more than its compressed data can hold"))
    let bomb = try scratch.file(
      "bomb", gzipped(header([5]) + [UInt8](repeating: 0, count: 20_000_000)))
    #expect(failure { _ = try IDX.read(bomb) }.contains("holds more than the [5] numbers"))
  }

  /// Protects against any other bytes: whatever stands in a file, reading it ends in an answer.
  @Test func survivesAnyHeader() throws {
    var generator = RandomGenerator(seed: 5, purpose: .digits, index: 0)
    for round in 0..<300 {
      var bytes = header([2, 3]) + Array(0..<6)
      for _ in 0..<3 { bytes[Int(generator.below(12))] = UInt8(generator.below(256)) }
      let path = try scratch.file("fuzz\(round % 4)", bytes)
      _ = failure { _ = try IDX.read(path) }
    }
  }
}
