import Diagnostics
import Glibc

/// Folders, and what is put into them.
package enum Folder {
  /// Makes a folder and those above it; returns those that were not there, outermost first.
  ///
  /// - Throws: `Failure` with `help` where that cannot be, with what the system said.
  @discardableResult
  package static func make(
    _ folder: String, help: String = "name a folder that can be written with -o"
  ) throws(Failure) -> [String] {
    var path = folder.hasPrefix("/") ? "/" : ""
    var made: [String] = []
    for name in folder.split(separator: "/") {
      path += name + "/"
      if mkdir(path, 0o777) == 0 {
        made.append(path)
        continue
      }
      guard errno == EEXIST else {
        throw .system("the folder cannot be made", path: folder, help: help)
      }
    }
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Failure("is not a folder", path: folder, help: help)
    }
    return made
  }

  /// Removes those of `folders` that are empty, innermost first: what `make` made, after a failure.
  package static func removeEmpty(_ folders: [String]) {
    for folder in folders.reversed() { rmdir(folder) }
  }

  /// Gives the file at `path` the place of `target`, on the same file system, in one step.
  package static func move(_ path: String, to target: String) throws(Failure) {
    guard rename(path, target) == 0 else { throw .system("cannot be written", path: target) }
  }
}
