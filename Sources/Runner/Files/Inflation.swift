import CZlib
import Diagnostics

/// The inflating of one gzip file, piece by piece: it never makes more than it is asked for, so
/// that a small file that would inflate to gigabytes costs nothing.
final class Inflation {
  private let path: String
  private var stream = z_stream()
  private var compressed = [UInt8](repeating: 0, count: 1 << 16)
  private var pending = 0..<0
  private var sourceEnded = false
  private var memberEnded = false

  init(path: String) throws {
    self.path = path
    // 16 more than the largest window: a gzip header and its checksum are expected.
    let code = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw Failure("zlib cannot start (code \(code))", path: path) }
  }

  deinit { inflateEnd(&stream) }

  /// Fills `buffer` as far as the file goes; `source` fetches compressed bytes.
  func inflate(
    into buffer: UnsafeMutableRawBufferPointer,
    from source: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      if pending.isEmpty, !sourceEnded {
        let count = try compressed.withUnsafeMutableBytes { try source($0) }
        pending = 0..<count
        sourceEnded = count == 0
      }
      if memberEnded {
        // Files may be joined: another member begins where one ends.
        if pending.isEmpty { break }
        inflateReset(&stream)
        memberEnded = false
      }
      let count = try advance(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      filled += count
      if count == 0, pending.isEmpty, sourceEnded, !memberEnded {
        throw Failure("ends within its compressed data", path: path)
      }
    }
    return filled
  }

  /// One call of zlib: takes from `pending`, returns how much it made.
  private func advance(into output: UnsafeMutableRawBufferPointer) throws -> Int {
    let room = min(output.count, Int(UInt32.max))
    let (made, taken, code) = compressed.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress.map { $0 + pending.lowerBound }
      stream.avail_in = UInt32(pending.count)
      stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.avail_out = UInt32(room)
      let code = CZlib.inflate(&stream, Z_NO_FLUSH)
      return (room - Int(stream.avail_out), pending.count - Int(stream.avail_in), code)
    }
    pending = (pending.lowerBound + taken)..<pending.upperBound
    switch code {
    case Z_STREAM_END: memberEnded = true
    case Z_OK, Z_BUF_ERROR: break
    default:
      let reason = stream.msg.map { String(cString: $0) } ?? "code \(code)"
      throw Failure("holds damaged compressed data: \(reason)", path: path)
    }
    return made
  }
}
