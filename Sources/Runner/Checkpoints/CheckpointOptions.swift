import Diagnostics
import Files
import Glibc

/// Where the checkpoints of a training are, and how often they are written.
package struct CheckpointOptions: Hashable, Sendable {
  /// The newest one; `path.1`, `path.2` and so on are those before it.
  package let path: String
  /// Steps from one to the next; nil: after each epoch.
  package let interval: Int?
  /// How many are kept.
  package let count: Int
  /// Whether there is one to go on from, and that was asked for.
  package let goesOn: Bool

  /// Checkpoints at `path`.
  ///
  /// - Parameter writes: Whether this process is the one that writes them.
  /// - Throws: a failure where they cannot be written, or where there is one that nobody asked to go
  ///   on from: it would be lost.
  package init(
    path: String, interval: Int?, count: Int, resumes: Bool, writes: Bool = true
  ) throws {
    self.path = path
    self.interval = interval
    self.count = count
    let exists = access(path, F_OK) == 0
    goesOn = resumes && exists
    guard writes else { return }
    if exists, !resumes {
      throw Failure(
        "is there already: a training that starts anew would write over it", path: path,
        help: "go on from it with --resume, remove it, or name another file")
    }
    try AtomicFile.checkWritable(path)
  }
}
