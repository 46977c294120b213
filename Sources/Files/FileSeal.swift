import CZlib

/// A checksum at the end of a file, after all that its format has a use for: what was damaged since
/// is told before a loader jumps into it.
package enum FileSeal {
  /// What a file's end says of the bytes before it.
  package enum State: Hashable, Sendable {
    case intact, damaged
    /// There is no seal.
    case missing
  }

  private static let mark = Array("\nbnc-crc32 ".utf8)
  private static let length = mark.count + 9

  /// What is put at the end of a file of these bytes.
  package static func seal(of bytes: [UInt8]) -> [UInt8] {
    let digits = String(checksum(bytes[...]), radix: 16)
    return mark + Array((String(repeating: "0", count: 8 - digits.count) + digits + "\n").utf8)
  }

  /// Whether the bytes are those that were sealed.
  package static func state(of bytes: [UInt8]) -> State {
    let content = bytes.dropLast(length)
    guard bytes.count >= length, bytes[content.endIndex...].starts(with: mark) else {
      return .missing
    }
    return seal(of: Array(content)).elementsEqual(bytes[content.endIndex...]) ? .intact : .damaged
  }

  /// The CRC-32 of `bytes`, as gzip has it.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBufferPointer { buffer in
      UInt32(truncatingIfNeeded: crc32_z(0, buffer.baseAddress, buffer.count))
    }
  }
}
