import Diagnostics
import Glibc

/// A folder for files on their way, which goes with all that is in it: after a failure too, and where
/// a signal asks for the program's end. What a program that was killed has left goes with the next.
package enum WorkFolder {
  /// Where folders for a moment are: $TMPDIR, else /tmp.
  package static var temporary: String {
    guard let value = getenv("TMPDIR"), value.pointee != 0 else { return "/tmp" }
    return String(cString: value)
  }

  /// Makes a folder in `parent` whose name begins with `prefix`, and hands it to `body`.
  ///
  /// - Throws: `Failure` with `help` where the folder cannot be made, and what `body` throws.
  package static func with<Result>(
    in parent: String, prefix: String, help: String, _ body: (_ folder: String) throws -> Result
  ) throws -> Result {
    try HeldSignals.during {
      removeLeftovers(in: parent, prefix: prefix)
      let (folder, lock) = try make(in: parent, prefix, help: help)
      defer {
        FileTree.remove(folder)
        close(lock)
      }
      return try body(folder)
    }
  }

  /// Removes the folders whose programs have ended.
  package static func removeLeftovers(in parent: String, prefix: String) {
    for name in FileTree.names(in: parent) where name.hasPrefix(prefix) {
      if isOfProcess(name.dropFirst(prefix.count)) { continue }
      let path = "\(parent)/\(name)"
      guard let lock = FileLock.take(path, O_DIRECTORY) else { continue }
      FileTree.remove(path)
      close(lock)
    }
  }

  /// Whether the folder says itself whose it is, as the Python package has it, and that one lives:
  /// `1234-` and more.
  private static func isOfProcess(_ ending: Substring) -> Bool {
    guard let dash = ending.firstIndex(of: "-"), let process = pid_t(ending[..<dash]) else {
      return false
    }
    return kill(process, 0) == 0 || errno != ESRCH
  }

  /// A new folder, and what keeps other programs from taking it for a leftover.
  private static func make(
    in parent: String, _ prefix: String, help: String
  ) throws(Failure) -> (String, Int32) {
    while true {
      var template = Array("\(parent)/\(prefix)XXXXXX".utf8CString)
      let folder = template.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.flatMap(mkdtemp).map { String(cString: $0) }
      }
      guard let folder else {
        throw .system("no folder can be made in it", path: parent, help: help)
      }
      let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      // Another program may have taken it for a leftover just now, before it was opened or locked.
      if lock < 0, errno == ENOENT { continue }
      guard lock >= 0 else {
        let failure = Failure.system("the folder cannot be used", path: folder, help: help)
        rmdir(folder)
        throw failure
      }
      FileLock.wait(lock)
      if FileLock.isAt(folder, lock) { return (folder, lock) }
      close(lock)
    }
  }
}
