/// A failure that is not about a line of a model: a file, a plugin, a compiler, a number given on the
/// command line. It names what was wrong, where, and what to do.
public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was wrong and what was expected, one clause without a full stop.
  public var what: String
  /// The file it is about.
  public var path: String?
  /// What to do about it.
  public var help: String?

  /// A failure in words.
  public init(_ what: String, path: String? = nil, help: String? = nil) {
    self.what = what
    self.path = path
    self.help = help
  }

  /// `PATH: WHAT`, then `help: HELP` on a line of its own.
  public var description: String {
    (path.map { "\($0): " } ?? "") + what + (help.map { "\nhelp: \($0)" } ?? "")
  }
}
