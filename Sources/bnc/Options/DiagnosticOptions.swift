import ArgumentParser
import Diagnostics
import Foundation

/// How diagnostics are shown. They go to standard error, in either format.
struct DiagnosticOptions: ParsableArguments {
  @Option(help: "How diagnostics are shown: text, or json with one object a line.")
  var diagnostics = Format.text

  /// For people or for programs.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  /// Shows `found` in `source`; notes only where the command is about the model itself.
  func show(_ found: [Diagnostic], in source: SourceFile, withNotes: Bool = false) throws {
    let shown = withNotes ? found : found.filter { $0.severity != .note }
    switch diagnostics {
    case .text: Self.write(shown, in: source)
    case .json: Self.write(try JSONRenderer(source: source).render(shown))
    }
  }

  /// Writes `found` in `source` as text.
  static func write(_ found: [Diagnostic], in source: SourceFile) {
    if found.isEmpty { return }
    write(TextRenderer(source: source, style: isColored ? .colored : .plain).render(found) + "\n")
  }

  private static func write(_ text: String) {
    StandardError.write(text)
  }

  /// Colours only on a terminal, and only where nobody forbids them (no-color.org).
  private static var isColored: Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(STDERR_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
      && environment["TERM"] != "dumb"
  }
}
