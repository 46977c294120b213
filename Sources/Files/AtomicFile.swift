import Diagnostics
import Glibc
import Synchronization

/// A file that appears whole or not at all: written beside its place, synced, renamed.
package final class AtomicFile {
  private let path: String
  private let target: String
  private let temporary: String?
  private let descriptor: Int32
  private var isOpen = true

  /// Writes `path` with `body`; when that throws, what was at `path` before is still there.
  package static func write(to path: String, _ body: (AtomicFile) throws -> Void) throws {
    try HeldSignals.during {
      let file = try AtomicFile(path)
      do {
        try body(file)
        try file.commit()
      } catch {
        file.discard()
        throw error
      }
    }
  }

  package static func write(_ text: String, to path: String) throws {
    try write(to: path) { try $0.write(Array(text.utf8)) }
  }

  /// Fails now, not after hours of training, where a file cannot be written later.
  package static func checkWritable(_ path: String) throws {
    try HeldSignals.during { try AtomicFile(path).discard() }
  }

  /// Removes what programs left beside `target` that were killed while they wrote it: what a program
  /// writes now is locked.
  private static func removeLeftovers(of target: String) {
    let (folder, name) = split(temporaryPrefix(of: target))
    let length = name.utf8.count + temporaryLetters.utf8.count
    for found in FileTree.names(in: folder) where found.hasPrefix(name) {
      guard found.utf8.count == length, let lock = FileLock.take(folder + found) else { continue }
      unlink(folder + found)
      close(lock)
    }
  }

  /// The files whose leftovers are removed already: a folder may be large, and a checkpoint is written
  /// often.
  private static let cleaned = Mutex<Set<String>>([])

  /// Makes room at `path` for a new file, the last `count` of them to be kept: `path` itself stays,
  /// and is `path.1` too; what was that is `path.2`, and so on. A program that is killed in between
  /// leaves `path` as it is.
  package static func rotate(_ path: String, keeping count: Int) throws {
    // A link stays a link: what it leads to is kept, beside itself.
    guard count > 1, let path = resolvedPath(path) else { return }
    for number in (1..<count - 1).reversed() {
      guard rename("\(path).\(number)", "\(path).\(number + 1)") == 0 || errno == ENOENT else {
        throw Failure.system("cannot be renamed", path: "\(path).\(number)")
      }
    }
    // A second name first, for `path` must be there at any moment.
    let second = temporaryPrefix(of: path) + "linked"
    unlink(second)
    guard link(path, second) == 0, rename(second, "\(path).1") == 0 else {
      let failure = Failure.system("cannot be kept as \(path).1", path: path)
      unlink(second)
      throw failure
    }
    // Two names of one file are not renamed: it was there already.
    unlink(second)
  }

  private init(_ path: String) throws {
    self.path = path
    // A link stays a link: its target is replaced.
    let target = resolvedPath(path) ?? path
    self.target = target
    var status = stat()
    let exists = stat(target, &status) == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR {
      throw Failure("is a directory, not a file to write", path: path)
    }
    if exists, status.st_mode & S_IFMT != S_IFREG {
      // A device or a pipe is written to; replacing /dev/null by a file would be a disaster.
      temporary = nil
      descriptor = open(target, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw Failure.system("cannot be written", path: path) }
      return
    }
    if exists, access(target, W_OK) != 0 { throw Failure.system("cannot be written", path: path) }
    if Self.cleaned.withLock({ $0.insert(target).inserted }) {
      Self.removeLeftovers(of: target)
    }
    (temporary, descriptor) = try Self.makeTemporary(for: target, path: path)
    fchmod(descriptor, exists ? status.st_mode & 0o7777 : 0o666 & ~currentMask())
  }

  /// A new file beside `target`, and its descriptor, whose lock says that somebody writes it.
  private static func makeTemporary(for target: String, path: String) throws -> (String, Int32) {
    while true {
      var template = Array((temporaryPrefix(of: target) + temporaryLetters).utf8CString)
      let descriptor = mkstemp(&template)
      guard descriptor >= 0 else { throw Failure.system("cannot be written", path: path) }
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      let temporary = String(
        decoding: template.dropLast().map({ UInt8(bitPattern: $0) }), as: UTF8.self)
      FileLock.wait(descriptor)
      // Another program may have taken it for a leftover before it was locked.
      if FileLock.isAt(temporary, descriptor) { return (temporary, descriptor) }
      close(descriptor)
    }
  }

  /// Appends bytes.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let count = Glibc.write(descriptor, base, rest.count)
      // Whoever reads a pipe may never do so: a signal ends that.
      let isStopped = temporary == nil && HeldSignals.signal != nil
      if count < 0, errno == EINTR, !isStopped { continue }
      guard count > 0 else { throw Failure.system("cannot be written", path: path) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Appends bytes.
  package func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  private func commit() throws {
    guard let temporary else { return discard() }
    guard fsync(descriptor) == 0 else { throw Failure.system("cannot be written", path: path) }
    guard rename(temporary, target) == 0 else {
      throw Failure.system("cannot be replaced", path: path)
    }
    isOpen = false
    close(descriptor)
    syncDirectory(of: target)
  }

  private func discard() {
    guard isOpen else { return }
    isOpen = false
    close(descriptor)
    if let temporary { unlink(temporary) }
  }
}

/// Where a path leads once links are followed, or nil when nothing is there.
private func resolvedPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

/// A hidden name beside `target`, on the same file system, so that it can be renamed.
private func temporaryPrefix(of target: String) -> String {
  let (folder, name) = split(target)
  return folder + "." + name + ".bnc-"
}

/// A path's folder, with the slash behind it or empty, and the name in it.
private func split(_ path: String) -> (folder: String, name: String) {
  let parts = path.split(separator: "/", omittingEmptySubsequences: false)
  let folder = parts.dropLast().joined(separator: "/")
  return (parts.count > 1 ? folder + "/" : "", parts.last.map(String.init) ?? path)
}

/// What the system puts letters in the place of.
private let temporaryLetters = "XXXXXX"

/// The rights that new files do not get. Asking means setting: it is set back at once.
private func currentMask() -> mode_t {
  let mask = umask(0o022)
  umask(mask)
  return mask
}

/// Makes a rename last through a power cut; where a directory cannot be synced there is no more to
/// do.
private func syncDirectory(of target: String) {
  let folder = split(target).folder
  let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
