import Diagnostics
import Files
import Glibc

/// A file in memory that each input is written to in turn, for readers that take a path.
final class FuzzedFile {
  private let descriptor: Int32
  private let place: String

  /// A file without a name, in memory where the system has a folder for that.
  init() throws {
    let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(folder)/bnc-fuzz-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Failure.system("cannot be made", path: folder) }
    unlink(template)
    place = "/proc/self/fd/\(descriptor)"
  }

  deinit { close(descriptor) }

  /// The path of a file that has these bytes, until the next ones.
  func path(_ bytes: UnsafeRawBufferPointer) throws -> String {
    guard ftruncate(descriptor, off_t(bytes.count)) == 0,
      pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count
    else { throw Failure.system("cannot be written", path: place) }
    return place
  }
}
