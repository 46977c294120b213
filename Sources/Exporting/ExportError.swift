/// Why an operation cannot be said in another program's words: one clause, no full stop.
package struct ExportError: Error, Hashable, Sendable {
  package var message: String
  /// What would help, if that is known.
  package var help: String?

  package init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }
}
