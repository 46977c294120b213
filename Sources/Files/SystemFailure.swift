import Diagnostics
import Glibc

extension Failure {
  /// What the operating system just refused, with its reason: reads `errno`, so call it at once.
  package static func system(_ what: String, path: String, help: String? = nil) -> Failure {
    system(what, path: path, help: help, code: errno)
  }

  /// What the operating system refused with the error number `code`; where a limit did, the help
  /// names it.
  package static func system(
    _ what: String, path: String, help: String? = nil, code: Int32
  ) -> Failure {
    Failure("\(what): \(reason(code))", path: path, help: limit(code) ?? help)
  }
}

/// The limit that an error number speaks of, and how to see it.
private func limit(_ code: Int32) -> String? {
  switch code {
  case EMFILE, ENFILE: "`ulimit -n` says how many files may be open at once; 256 are enough"
  case EAGAIN:
    "`ulimit -u` says how many processes and threads a user may have; so many are there already"
  case ENOMEM: "`ulimit -v` says how much memory a process may have"
  default: nil
  }
}

/// The operating system's words for an error number.
private func reason(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  return String(cString: text).lowercasedFirst
}

extension String {
  /// The same text with a small first letter, for the middle of a sentence.
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
