import Diagnostics
import Glibc

/// A file that grows by whole pieces: whoever reads it, while it is written or after its writer was
/// killed, finds the start and every piece that was appended.
package final class AppendedFile {
  private let path: String
  private let descriptor: Int32

  /// Puts a file of `start` in the place of what is at `path`, whole or not at all, to be appended to.
  ///
  /// - Throws: a failure that names the file.
  package convenience init(_ path: String, start: [UInt8]) throws {
    try AtomicFile.write(to: path) { try $0.write(start) }
    try self.init(path)
  }

  /// The file that is at `path`, to be read or appended to.
  ///
  /// - Throws: a failure that names the file.
  package init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure.system("cannot be written", path: path) }
  }

  deinit { close(descriptor) }

  /// Appends `piece`, which the system has when this returns. Where it cannot be written whole nothing
  /// of it stays.
  ///
  /// - Throws: a failure that names the file.
  package func append(_ piece: [UInt8]) throws {
    let end = lseek(descriptor, 0, SEEK_END)
    var rest = piece[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let failure = Failure.system("cannot be written", path: path)
        if end >= 0 { ftruncate(descriptor, end) }
        throw failure
      }
      rest = rest.dropFirst(count)
    }
  }

  /// All that is in it.
  ///
  /// - Throws: a failure that names the file.
  func content() throws -> [UInt8] { try Self.content(of: descriptor, path: path) }

  /// All that is in an open file.
  static func content(of descriptor: Int32, path: String) throws -> [UInt8] {
    let size = max(0, Int(lseek(descriptor, 0, SEEK_END)))
    var bytes = [UInt8](repeating: 0, count: size)
    var filled = 0
    while filled < size {
      let count = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress.map { $0 + filled }, size - filled, off_t(filled))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Failure.system("cannot be read", path: path) }
      filled += count
    }
    return bytes
  }

  /// Waits until the disk has what was appended.
  ///
  /// - Throws: a failure that names the file.
  package func sync() throws {
    guard fsync(descriptor) == 0 else { throw Failure.system("cannot be written", path: path) }
  }
}
