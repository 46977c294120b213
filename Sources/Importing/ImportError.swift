/// Why a node cannot be said in the language: one clause, no full stop.
package struct ImportError: Error, Hashable, Sendable {
  package var message: String
  /// What would help, if that is known.
  package var help: String?

  package init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }
}
