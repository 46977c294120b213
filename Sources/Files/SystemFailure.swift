import Diagnostics
import Glibc

extension Failure {
  /// What the operating system just refused, with its reason: reads `errno`, so call it at once.
  package static func system(_ what: String, path: String, help: String? = nil) -> Failure {
    Failure("\(what): \(reason(errno))", path: path, help: help)
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
