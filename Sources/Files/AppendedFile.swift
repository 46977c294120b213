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
  package init(_ path: String, start: [UInt8]) throws {
    try AtomicFile.write(to: path) { try $0.write(start) }
    self.path = path
    descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
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
}
