import CZlib
import Diagnostics
import Glibc

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

  /// Puts a seal at the end of the file at `path`, and waits until the disk has it.
  ///
  /// - Throws: a failure that names the file.
  package static func append(to path: String) throws {
    let file = try AppendedFile(path)
    try file.append(seal(of: file.content()))
    try file.sync()
  }

  /// Whether the bytes are those that were sealed.
  package static func state(of bytes: [UInt8]) -> State {
    let content = bytes.dropLast(length)
    guard bytes.count >= length, bytes[content.endIndex...].starts(with: mark) else {
      return .missing
    }
    return seal(of: Array(content)).elementsEqual(bytes[content.endIndex...]) ? .intact : .damaged
  }

  /// What `body` makes of the file at `path`, whose seal is looked at first and which counts as used
  /// now; nil where there is no such file, or there was one that went meanwhile.
  ///
  /// - Throws: a failure where the file is damaged, has no seal, or is no file; what `body` throws.
  package static func use<Result>(
    _ path: String, _ body: (_ path: String) throws -> Result
  ) throws -> Result? {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw Failure.system("cannot be opened", path: path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Failure("is not a file", path: path)
    }
    guard state(of: try AppendedFile.content(of: descriptor, path: path)) == .intact else {
      throw Failure("is damaged: its contents are not what bnc wrote", path: path)
    }
    futimens(descriptor, nil)
    do {
      return try body(path)
    } catch {
      if access(path, F_OK) != 0, errno == ENOENT { return nil }
      throw error
    }
  }

  /// The CRC-32 of `bytes`, as gzip has it.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBufferPointer { buffer in
      UInt32(truncatingIfNeeded: crc32_z(0, buffer.baseAddress, buffer.count))
    }
  }
}
