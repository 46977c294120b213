/// Something to say about a place in a model file: a value, so that it can be sorted, compared in a
/// test, and shown as text or as JSON.
package struct Diagnostic: Hashable, Sendable {
  /// What kind of thing it says.
  package var code: DiagnosticCode
  /// Whether the model can be compiled all the same.
  package var severity: Severity
  /// What is wrong, one clause without a full stop.
  package var message: String
  /// The place it is about.
  package var range: SourceRange
  /// What else belongs to it.
  package var notes: [Note]
  /// What to do about it, if that is known.
  package var help: String?

  /// How bad it is.
  package enum Severity: String, Hashable, Sendable, CaseIterable {
    /// The model cannot be compiled.
    case error
    /// It can, but it is hardly what was meant.
    case warning
    /// It can, and it may be meant; shown by `check` and `describe` only.
    case note
  }

  /// A further fact, with the place that it is about if there is one.
  package struct Note: Hashable, Sendable {
    /// The fact, one clause without a full stop.
    package var message: String
    /// Its place.
    package var range: SourceRange?

    /// A fact, and its place.
    package init(_ message: String, at range: SourceRange? = nil) {
      self.message = message
      self.range = range
    }
  }

  /// A diagnostic about `range`.
  package init(
    _ code: DiagnosticCode, _ message: String, severity: Severity = .error, at range: SourceRange,
    notes: [Note] = [], help: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.range = range
    self.notes = notes
    self.help = help
  }
}

extension Sequence<Diagnostic> {
  /// Whether one of them keeps the model from being compiled.
  package var hasErrors: Bool { contains { $0.severity == .error } }

  /// In the order of the files; those of one place in the order in which they were found.
  package func sortedByPlace() -> [Diagnostic] {
    enumerated()
      .sorted { left, right in
        let (a, b) = (left.element.range.lower, right.element.range.lower)
        return a < b || !(b < a) && left.offset < right.offset
      }
      .map(\.element)
  }
}
