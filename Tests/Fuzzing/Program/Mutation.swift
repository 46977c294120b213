import Glibc
import Measure

/// How libFuzzer changes an input: within what the format wraps its content in, so that lengths and
/// checksums are right more often than not, and what is behind them is reached.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ room: Int, _ seed: UInt32
) -> Int {
  var chance = Chance(state: UInt64(seed))
  let input = UnsafeRawBufferPointer(start: data, count: size)
  let wrapped: [UInt8]? =
    chance.below(4) == 0 ? nil : Wrapped.mutated(input, Program.reader.name, room, &chance)
  guard let wrapped, !wrapped.isEmpty, wrapped.count <= room else {
    return LLVMFuzzerMutate(data, size, room)
  }
  for (index, byte) in wrapped.enumerated() { data[index] = byte }
  return wrapped.count
}

/// Numbers from a seed (SplitMix64).
struct Chance {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }
}

/// libFuzzer's own changes of some bytes.
func mutated(_ bytes: [UInt8], room: Int) -> [UInt8] {
  var changed = bytes + [UInt8](repeating: 0, count: max(room - bytes.count, 1))
  let size = changed.withUnsafeMutableBufferPointer {
    LLVMFuzzerMutate($0.baseAddress, bytes.count, $0.count)
  }
  return Array(changed[..<size])
}

/// Changes of what a format wraps.
enum Wrapped {
  /// The input with a change of what is in it, wrapped again; nil where it is not of the format.
  static func mutated(
    _ input: UnsafeRawBufferPointer, _ reader: String, _ room: Int, _ chance: inout Chance
  ) -> [UInt8]? {
    switch reader {
    case "idx", "cifar", "npy", "csv": gzip(input, room, &chance)
    case "safetensors", "checkpoint": tensors(input, room, &chance)
    case "png": PNGChunks(input)?.mutated(room, &chance)
    case "onnx": Message.mutated(Array(input), room, &chance)
    default: nil
    }
  }

  /// Of a gzip file what it inflates to; now and then of a file a gzip file.
  private static func gzip(
    _ input: UnsafeRawBufferPointer, _ room: Int, _ chance: inout Chance
  ) -> [UInt8]? {
    let windowBits: Int32 = 15 + 16
    if GzipInput.isGzip(input) {
      let (content, isBomb) = GzipInput.inflated(input, windowBits: windowBits)
      if isBomb { return nil }
      let changed = Fuzzing.mutated(content, room: room)
      if chance.below(32) == 0 { return changed }
      return changed.withUnsafeBytes { GzipInput.deflated($0, windowBits: windowBits) }
    }
    guard chance.below(64) == 0 else { return nil }
    return GzipInput.deflated(input, windowBits: windowBits)
  }

  /// Of a safetensors file the header or the data; the header's length is made right.
  private static func tensors(
    _ input: UnsafeRawBufferPointer, _ room: Int, _ chance: inout Chance
  ) -> [UInt8]? {
    guard input.count >= 8 else { return nil }
    let length = Int(
      clamping: input.loadUnaligned(as: UInt64.self).littleEndian)
    guard length <= input.count - 8 else { return nil }
    var header = Array(input[8..<8 + length])
    var data = Array(input[(8 + length)...])
    switch chance.below(4) {
    case 0: data = Fuzzing.mutated(data, room: max(room - 8 - header.count, 1))
    case 1: header = Digits.changed(header, &chance)
    default: header = Fuzzing.mutated(header, room: max(room - 8 - data.count, 1))
    }
    let size = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    return size + header + data
  }
}

/// Numbers in a text.
enum Digits {
  /// The text with one of its numbers another one.
  static func changed(_ text: [UInt8], _ chance: inout Chance) -> [UInt8] {
    let isDigit = { (byte: UInt8) in (48...57).contains(byte) }
    let starts = text.indices.filter { isDigit(text[$0]) && ($0 == 0 || !isDigit(text[$0 - 1])) }
    guard !starts.isEmpty else { return text }
    let start = starts[chance.below(starts.count)]
    let end = text[start...].firstIndex { !isDigit($0) } ?? text.count
    let old = Int(String(decoding: text[start..<end], as: UTF8.self)) ?? 0
    let choices = [
      "0", "1", "\(old &+ 1)", "\(old &- 1)", "\(old &* 2)", "9223372036854775807", "4294967296",
      "\(chance.below(64))", "\(chance.below(4096))", "18446744073709551616", "-1",
    ]
    return Array(text[..<start]) + Array(choices[chance.below(choices.count)].utf8)
      + Array(text[end...])
  }
}
