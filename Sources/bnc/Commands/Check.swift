import ArgumentParser
import Diagnostics
import IR
import Language
import Operators

/// `bnc check MODEL.bn`
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks models: every error that stands by itself, and what is worth knowing.")

  @Argument(help: ArgumentHelp("The models; - is standard input.", valueName: "model.bn"))
  var paths: [String]

  @OptionGroup var options: DiagnosticOptions

  func run() throws {
    var isValid = true
    for path in paths {
      let source = try ModelFile.model(path)
      let (model, found) = Frontend.check(source, library: .standard)
      try options.show(found, in: source, withNotes: true)
      if model == nil { isValid = false }
      if options.diagnostics == .text { print("\(source.name): \(summary(of: found))") }
    }
    if !isValid { throw ExitCode.failure }
  }

  /// `2 errors, 1 warning`
  private func summary(of found: [Diagnostic]) -> String {
    let counts = Diagnostic.Severity.allCases.compactMap { severity -> String? in
      let count = found.filter { $0.severity == severity }.count
      if count == 0 { return nil }
      return "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }
    return counts.isEmpty ? "nothing to remark" : counts.joined(separator: ", ")
  }
}
