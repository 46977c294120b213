import Glibc

/// What lies below a path.
package enum FileTree {
  /// The names in a folder, in no order; none where it cannot be read.
  package static func names(in folder: String) -> [String] {
    guard let list = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(list) }
    var names: [String] = []
    while let entry = readdir(list) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Removes a file, or a folder with all that is in it; links are not followed.
  ///
  /// - Returns: Whether it is gone.
  @discardableResult
  package static func remove(_ path: String) -> Bool {
    if unlink(path) != 0, errno != ENOENT {
      for name in names(in: path) { remove("\(path)/\(name)") }
      rmdir(path)
    }
    var status = stat()
    return lstat(path, &status) != 0 && errno == ENOENT
  }
}
