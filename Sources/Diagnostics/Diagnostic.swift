/// Something to say about a place in a model file: a value, so that it can be sorted, compared in a
/// test, and shown as text or as JSON.
public struct Diagnostic: Hashable, Sendable {
  /// What kind of thing it says.
  public var code: DiagnosticCode
  /// Whether the model can be compiled all the same.
  public var severity: Severity
  /// What is wrong, one clause without a full stop.
  public var message: String
  /// The place it is about.
  public var range: SourceRange
  /// What else belongs to it.
  public var notes: [Note]
  /// What to do about it, if that is known.
  public var help: String?

  /// How bad it is.
  public enum Severity: String, Hashable, Sendable, CaseIterable {
    /// The model cannot be compiled.
    case error
    /// It can, but it is hardly what was meant.
    case warning
    /// It can, and it may be meant; shown by `check` and `describe` only.
    case note
  }

  /// A further fact, with the place that it is about if there is one.
  public struct Note: Hashable, Sendable {
    /// The fact, one clause without a full stop.
    public var message: String
    /// Its place.
    public var range: SourceRange?

    /// A fact, and its place.
    public init(_ message: String, at range: SourceRange? = nil) {
      self.message = message
      self.range = range
    }
  }

  /// A diagnostic about `range`.
  public init(
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
  public var hasErrors: Bool { contains { $0.severity == .error } }

  /// In the order of the file; those of one place in the order in which they were found.
  public func sortedByPlace() -> [Diagnostic] {
    enumerated()
      .sorted { left, right in
        let (a, b) = (left.element.range.lower.offset, right.element.range.lower.offset)
        return a == b ? left.offset < right.offset : a < b
      }
      .map(\.element)
  }
}
