import Diagnostics
import Foundation
import IR
import Language
import Operators
import Testing

/// `Cases/Misuse/<keyword>.bn`: a model in which each line is a mistake in the use of that
/// operation, and below it what is said about it and what to do. A line that is none ends in
/// `# fine: why`.
@Suite struct MisuseGoldenTests {
  private static let folder = "Tests/GoldenTests/Cases/Misuse"
  private static let keywords = Library.standard.operations.keywords()

  /// Protects what is said about each operation's misuse, and each operation from having no case.
  @Test(arguments: keywords)
  func everyOperationHasACase(_ keyword: String) throws {
    let (text, diagnostics) = try check(keyword)
    try Golden.expect(
      Annotation.added(to: text, diagnostics, .below), at: "\(Self.folder)/\(keyword).bn")
  }

  /// Protects the folder from cases that belong to no operation.
  @Test func everyCaseHasAnOperation() {
    #expect(Golden.names(in: "Misuse", suffix: ".bn") == Self.keywords.sorted())
  }

  /// Protects mistakes from being passed over in silence.
  @Test(arguments: keywords)
  func everyMistakeHasAMessage(_ keyword: String) throws {
    let (text, diagnostics) = try check(keyword)
    for (index, line) in Annotation.lines(of: text).enumerated() where line.contains(" = ") {
      let isFine = line.contains("# fine: ")
      let isSilent = Annotation.diagnostics(of: index + 1, in: diagnostics).isEmpty
      #expect(isFine == isSilent, "\(keyword).bn: \(line)")
    }
  }

  /// Protects messages from leaving their reader without a remedy. That an argument is not what its
  /// parameter takes says what to write by itself.
  @Test(arguments: keywords)
  func everyMessageHasARemedy(_ keyword: String) throws {
    for diagnostic in try check(keyword).diagnostics where diagnostic.help == nil {
      let saysWhatIsTaken = diagnostic.message.contains(#/^'\w+' takes .*, and this is /#)
      #expect(saysWhatIsTaken, "\(keyword).bn: \(diagnostic.message)")
    }
  }

  /// The case of `keyword` without its messages, and what is said about it.
  private func check(_ keyword: String) throws -> (text: String, diagnostics: [Diagnostic]) {
    let name = "\(keyword).bn"
    let file = Golden.root.appending(path: "\(Self.folder)/\(name)")
    let text = Annotation.removed(from: try String(contentsOf: file, encoding: .utf8), .below)
    let source = SourceFile(name: name, text: text)
    return (text, Frontend.check(source, library: .standard).diagnostics)
  }
}
