/// The checksum of zlib and PNG, which the C computes of its weights' file.
enum CRC32 {
  static func of(_ bytes: [UInt8]) -> UInt32 {
    var rest: UInt32 = 0xffff_ffff
    // Megabytes of weights: no closure for each byte.
    bytes.withUnsafeBufferPointer { bytes in
      table.withUnsafeBufferPointer { table in
        for byte in bytes { rest = table[Int(UInt8(truncatingIfNeeded: rest) ^ byte)] ^ rest >> 8 }
      }
    }
    return ~rest
  }

  /// What a byte does to the rest.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? 0xedb8_8320 : 0) }
  }
}
