import Diagnostics
import Glibc

/// A file that appears whole or not at all: written beside its place, synced, renamed.
package final class AtomicFile {
  private let path: String
  private let target: String
  private let temporary: String?
  private let descriptor: Int32
  private var isOpen = true

  /// Writes `path` with `body`; when that throws, what was at `path` before is still there.
  package static func write(to path: String, _ body: (AtomicFile) throws -> Void) throws {
    let file = try AtomicFile(path)
    do {
      try body(file)
      try file.commit()
    } catch {
      file.discard()
      throw error
    }
  }

  package static func write(_ text: String, to path: String) throws {
    try write(to: path) { try $0.write(Array(text.utf8)) }
  }

  /// Fails now, not after hours of training, where a file cannot be written later.
  package static func checkWritable(_ path: String) throws {
    try AtomicFile(path).discard()
  }

  /// Removes what programs left beside `path` that were killed while they wrote it. Only for a file
  /// that no other program writes.
  package static func removeLeftovers(of path: String) {
    let prefix = temporaryPrefix(of: resolvedPath(path) ?? path)
    let parts = prefix.split(separator: "/", omittingEmptySubsequences: false)
    let name = parts.last.map(String.init) ?? prefix
    let folder = parts.count > 1 ? parts.dropLast().joined(separator: "/") + "/" : "./"
    guard let list = opendir(folder) else { return }
    defer { closedir(list) }
    while let entry = readdir(list) {
      let found = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if found.hasPrefix(name), found.utf8.count == name.utf8.count + temporaryLetters.utf8.count {
        unlink(folder + found)
      }
    }
  }

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
      throw Failure.system("cannot be kept as \(path).1", path: path)
    }
    // Two names of one file are not renamed: it was there already.
    unlink(second)
  }

  private init(_ path: String) throws {
    self.path = path
    // A link stays a link: its target is replaced.
    target = resolvedPath(path) ?? path
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
    var template = Array((temporaryPrefix(of: target) + temporaryLetters).utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Failure.system("cannot be written", path: path) }
    temporary = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    fchmod(descriptor, exists ? status.st_mode & 0o7777 : 0o666 & ~currentMask())
  }

  /// Appends bytes.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let count = Glibc.write(descriptor, base, rest.count)
      if count < 0, errno == EINTR { continue }
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
  let parts = target.split(separator: "/", omittingEmptySubsequences: false)
  let name = parts.last.map(String.init) ?? target
  let directory = parts.dropLast().joined(separator: "/")
  return (parts.count > 1 ? directory + "/" : "") + "." + name + ".bnc-"
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
  let parts = target.split(separator: "/", omittingEmptySubsequences: false)
  let directory = parts.count > 1 ? parts.dropLast().joined(separator: "/") : "."
  let descriptor = open(directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
