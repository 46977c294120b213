/// A failure that is not about a line of a model: a file, a plugin, a compiler, a number given on
/// the command line. It names what was wrong, where, and what to do.
package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was wrong and what was expected, one clause without a full stop.
  package var what: String
  /// The file it is about.
  package var path: String?
  /// What to do about it.
  package var help: String?

  /// A failure in words.
  package init(_ what: String, path: String? = nil, help: String? = nil) {
    self.what = what
    self.path = path
    self.help = help
  }

  /// `PATH: WHAT`, then `help: HELP` on a line of its own.
  package var description: String {
    (path.map { "\($0): " } ?? "") + what + (help.map { "\nhelp: \($0)" } ?? "")
  }
}
