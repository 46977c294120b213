import Diagnostics
import Foundation
import IR
import Language
import Operators
import Testing

/// `Cases/Diagnostics/<code>.bn`: a model with that diagnostic. Each line that a diagnostic is
/// about ends with `#~ error[code]: message`; `<code>.txt` beside it is the whole text that is
/// shown.
@Suite struct DiagnosticGoldenTests {
  private static let folder = "Tests/GoldenTests/Cases/Diagnostics"

  /// Files are included from the folder `Included`.
  private static let files = FileReader(
    identity: { $0 },
    read: { path in
      let file = Golden.root.appending(path: "\(folder)/\(path)")
      return (try? String(contentsOf: file, encoding: .utf8)).map(Result.success)
        ?? .failure(Failure("there is no such file", path: path))
    })

  /// Protects every code having a case that shows it.
  @Test(arguments: DiagnosticCode.allCases)
  func everyCodeHasACase(_ code: DiagnosticCode) throws {
    let file = Golden.root.appending(path: "\(Self.folder)/\(code.rawValue).bn")
    let text = Annotation.removed(
      from: try String(contentsOf: file, encoding: .utf8), .behind)
    let source = Frontend.including(
      SourceFile(name: "\(code.rawValue).bn", text: text), Self.files)
    let diagnostics = Frontend.check(source, library: .standard).diagnostics
    #expect(diagnostics.contains { $0.code == code })
    try Golden.expect(
      Annotation.added(to: text, diagnostics, .behind), at: "\(Self.folder)/\(code.rawValue).bn")
    try Golden.expect(
      TextRenderer(source: source).render(diagnostics), at: "\(Self.folder)/\(code.rawValue).txt")
  }

  /// Protects the folder from cases that belong to no code.
  @Test func everyCaseHasACode() {
    let names = Golden.names(in: "Diagnostics", suffix: ".bn")
    #expect(names == DiagnosticCode.allCases.map(\.rawValue).sorted())
  }
}
