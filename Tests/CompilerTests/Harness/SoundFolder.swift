import Foundation
import Verification

/// A data set of sounds at 8000 samples a second, with recordings of noise; gone when the test is.
final class SoundFolder {
  let path: String

  /// Samples of most sounds.
  static let length = 40

  /// Four sounds of each of two classes, one of them short and one long, and three recordings, some of
  /// them loud enough to be cut.
  init() throws {
    path = NSTemporaryDirectory() + "/bnc-noise-\(UUID().uuidString)"
    for part in ["train", "test"] {
      for (label, name) in ["no", "yes"].enumerated() {
        for index in 0..<4 {
          let count = [Self.length, 25, 60, Self.length][index]
          try write(
            Self.samples(count, seed: UInt64(10 * label + index), amplitude: 20_000),
            to: "\(part)/\(name)/\(index).wav")
        }
      }
    }
    for (name, count) in [("a", 100), ("b", 40), ("c", 311)] {
      try write(
        Self.samples(count, seed: UInt64(count), amplitude: 32_000),
        to: "train/_background_noise_/\(name).wav")
    }
    try Data("about them".utf8).write(
      to: URL(fileURLWithPath: path + "/train/_background_noise_/README.md"))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// What a file of so many samples holds.
  static func samples(_ count: Int, seed: UInt64, amplitude: Double) -> [Int16] {
    var numbers = Numbers(seed)
    return numbers.uniforms(count, -amplitude, amplitude).map { Int16($0) }
  }

  /// Writes a WAV file of one channel of 16 bits.
  func write(_ samples: [Int16], rate: UInt32 = 8000, to name: String) throws {
    func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
      withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
    let size = UInt32(2 * samples.count)
    let file =
      Array("RIFF".utf8) + bytes(36 + size) + Array("WAVEfmt ".utf8) + bytes(UInt32(16))
      + bytes(UInt16(1)) + bytes(UInt16(1)) + bytes(rate) + bytes(2 * rate) + bytes(UInt16(2))
      + bytes(UInt16(16)) + Array("data".utf8) + bytes(size) + samples.flatMap { bytes($0) }
    let url = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(file).write(to: url)
  }
}
