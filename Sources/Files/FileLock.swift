import Glibc

/// Locks that end with the program that holds them, however it ends: they tell what is being written
/// from what was left.
enum FileLock {
  /// Opens and locks the user's own file at `path`; nil where another program holds it, where it is
  /// somebody else's or a link, or where there is none.
  static func take(_ path: String, _ flags: Int32 = 0) -> Int32? {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(),
      flock(descriptor, LOCK_EX | LOCK_NB) == 0
    else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  /// Locks an open file, where the file system has locks.
  static func wait(_ descriptor: Int32) {
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
  }

  /// Whether `path` still leads to the open file.
  static func isAt(_ path: String, _ descriptor: Int32) -> Bool {
    var (opened, found) = (stat(), stat())
    return fstat(descriptor, &opened) == 0 && lstat(path, &found) == 0
      && opened.st_dev == found.st_dev && opened.st_ino == found.st_ino
  }
}
