import Diagnostics
import Files
import Glibc

/// The folder of the cache, which is the user's alone: what lies there is loaded into the program.
struct CacheFolder {
  let path: String

  /// Makes the folder, or closes one of the user's own to others.
  ///
  /// - Returns: Why it is not to be used: others can, or could, put something there. nil otherwise.
  /// - Throws: `Failure` where it cannot be made.
  func prepare() throws(Failure) -> String? {
    var status = stat()
    if lstat(path, &status) != 0 {
      try Folder.make(
        path, help: "set XDG_CACHE_HOME to the full path of a folder that can be written")
      chmod(path, 0o700)
      guard lstat(path, &status) == 0 else { throw .system("cannot be used", path: path) }
    }
    if let reason = objection(to: status) { return reason }
    if status.st_mode & 0o077 != 0 { chmod(path, 0o700) }
    return nil
  }

  /// Why a folder that is there is not to be used.
  var objection: String? {
    var status = stat()
    return lstat(path, &status) == 0 ? objection(to: status) : nil
  }

  private func objection(to status: stat) -> String? {
    switch status.st_mode & S_IFMT {
    case S_IFDIR: break
    case S_IFLNK: return "is a link, which others may have made"
    default: return "is not a folder"
    }
    if status.st_uid != geteuid() { return "belongs to another user" }
    return status.st_mode & 0o022 != 0 ? "can be written by other users" : nil
  }
}
