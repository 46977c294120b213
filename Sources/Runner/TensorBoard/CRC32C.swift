/// The cyclic redundancy check of Castagnoli's polynomial, 0x1EDC6F41, as iSCSI has it (RFC 3720,
/// appendix B.4).
enum CRC32C {
  /// What a byte does to the checksum; the polynomial's bits are reversed, as the bytes' are.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
    }
  }

  /// The checksum of `bytes`.
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }

  /// The checksum as TFRecord files store it, so that a checksum of what holds checksums stays a good
  /// one: turned right by 15 bits, and a constant added (tensorflow/core/lib/hash/crc32c.h).
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let value = checksum(bytes)
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
