import CZlib

/// Inputs that are gzip files.
enum GzipInput {
  /// What an input may inflate to.
  static let most = 1 << 20

  static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count > 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  /// Whether it is a gzip file that inflates to more than `most`: such a file is a bomb, and the readers'
  /// own limits of those are another test's.
  static func inflatesTooFar(_ bytes: UnsafeRawBufferPointer) -> Bool {
    isGzip(bytes) && inflated(bytes, windowBits: 15 + 16).isBomb
  }

  /// What is in a zlib stream (`windowBits` 15) or a gzip file (15 + 16), as far as it can be read.
  static func inflated(
    _ bytes: UnsafeRawBufferPointer, windowBits: Int32
  ) -> (bytes: [UInt8], isBomb: Bool) {
    var stream = z_stream()
    guard
      inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return ([], false) }
    defer { inflateEnd(&stream) }
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 14)
    stream.next_in = UnsafeMutablePointer(
      mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.avail_in = UInt32(bytes.count)
    while true {
      let code = piece.withUnsafeMutableBufferPointer { piece in
        stream.next_out = piece.baseAddress
        stream.avail_out = UInt32(piece.count)
        return inflate(&stream, Z_NO_FLUSH)
      }
      let made = piece.count - Int(stream.avail_out)
      all += piece[..<made]
      if all.count > most { return (all, true) }
      if code == Z_STREAM_END, stream.avail_in > 0, windowBits > 15 {
        inflateReset(&stream)
      } else if code != Z_OK || made == 0 && stream.avail_in == 0 {
        return (all, false)
      }
    }
  }

  /// The zlib stream (15) or the gzip file (15 + 16) that holds `bytes`.
  static func deflated(_ bytes: UnsafeRawBufferPointer, windowBits: Int32) -> [UInt8] {
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, 1, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return [] }
    defer { deflateEnd(&stream) }
    var all = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 32)
    let made = all.withUnsafeMutableBufferPointer { all in
      stream.next_in = UnsafeMutablePointer(
        mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(bytes.count)
      stream.next_out = all.baseAddress
      stream.avail_out = UInt32(all.count)
      _ = deflate(&stream, Z_FINISH)
      return all.count - Int(stream.avail_out)
    }
    return Array(all[..<made])
  }
}
