import Glibc

/// Which file a path leads to.
package enum FileIdentity {
  /// Whether both paths lead to one file, by whatever names and links; false where one leads to none.
  package static func isSame(_ first: String, _ second: String) -> Bool {
    var (one, other) = (stat(), stat())
    guard stat(first, &one) == 0, stat(second, &other) == 0 else { return false }
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino
  }
}
