import Diagnostics
import Driver
import Foundation
import IR
import Language
import Operators
import Testing

/// The example models and `bnc new`.
@Suite struct ExampleModelTests {
  /// Protects each example: one layout, no errors and no warnings, a first line that says what it
  /// is.
  @Test(arguments: ExampleModels.all)
  func isValid(example: ExampleModel) throws {
    let source = SourceFile(name: example.name, text: example.text)
    let found = Frontend.check(source, library: .standard)
    #expect(found.model?.name == example.name)
    #expect(found.diagnostics.allSatisfy { $0.severity == .note })
    #expect(try Formatter.format(source).get() == example.text)
    #expect(example.text.hasPrefix("# ") && example.summary.hasSuffix("."))
    _ = try Compiler.compile(source, CompileOptions())
  }

  /// Protects the list of the examples: it has each file in Sources/ExampleModels.
  @Test func listIsWhole() throws {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: Place.root + "/Sources/ExampleModels")
    #expect(
      Set(files.filter { $0.hasSuffix(".bn") })
        == Set(ExampleModels.all.map { "\($0.name).bn" }))
  }

  /// Protects what is there: a file is written over only where that is asked for.
  @Test func newKeepsWhatIsThere() throws {
    let folder = try Folder()
    let shell = try Shell(in: folder.path)
    #expect(try shell.run("bnc new mnist_mlp") == ["wrote mnist_mlp.bn"])
    #expect(
      try shell.run("echo mine > mnist_mlp.bn; bnc new mnist_mlp 2>&1; echo $?; cat mnist_mlp.bn")
        == [
          "error: mnist_mlp.bn: is there already",
          "help: --force writes over it, -o FILE writes another file", "1", "mine",
        ])
    #expect(try shell.run("bnc new mnist_mlp --force") == ["wrote mnist_mlp.bn"])
    let text = try shell.run("bnc new mnist_mlp -o other.bn; cat other.bn").dropFirst()
    #expect(text.joined(separator: "\n") + "\n" == (try ExampleModels.named("mnist_mlp").text))
  }

  /// Protects those who mistype a name.
  @Test func newSuggests() throws {
    let folder = try Folder()
    let shell = try Shell(in: folder.path)
    #expect(
      try shell.run("bnc new mnist_cn 2>&1; echo $?; ls")
        == [
          "error: there is no example model 'mnist_cn'", "help: did you mean 'mnist_cnn'?", "1",
        ])
    #expect(try shell.run("bnc new --list").count == ExampleModels.all.count)
  }
}
