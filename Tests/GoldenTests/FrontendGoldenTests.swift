import Diagnostics
import Foundation
import IR
import Language
import Operators
import Testing

/// The stages of the front end, printed, for each model of `Cases` that has a folder of its own.
@Suite struct FrontendGoldenTests {
  private static let models = ["mnist_cnn", "residual", "resnet8", "mobilenet_v2"]

  /// Protects what `bnc compile --emit tokens|syntax|model` prints, and that the models are laid
  /// out as `bnc format` does.
  @Test(arguments: models)
  func stages(_ name: String) throws {
    let path = "Tests/GoldenTests/Cases/\(name)"
    let text = try String(
      contentsOf: Golden.root.appending(path: "\(path)/\(name).bn"), encoding: .utf8)
    let source = SourceFile(name: "\(name).bn", text: text)
    try Golden.expect(
      TokenText.describe(Frontend.tokens(of: source).tokens), at: "\(path)/tokens.txt")
    try Golden.expect(
      SyntaxText.describe(Frontend.parse(source).syntax), at: "\(path)/syntax.txt")
    let (model, diagnostics) = Frontend.check(source, library: .standard)
    try Golden.expect(
      ModelText.describe(try #require(model)), at: "\(path)/model.txt")
    try Golden.expect(
      TextRenderer(source: source).render(diagnostics), at: "\(path)/diagnostics.txt")
    #expect(try Formatter.format(source).get() == text)
  }

  /// Protects the case that reads like its paper's table from being another network: the trainable
  /// parameters and multiply-adds are those of MLPerf Tiny's ResNet-8.
  @Test func resNet8() throws {
    let file = Golden.root.appending(path: "Tests/GoldenTests/Cases/resnet8/resnet8.bn")
    let source = SourceFile(
      name: "resnet8.bn", text: try String(contentsOf: file, encoding: .utf8))
    let model = try #require(Frontend.check(source, library: .standard).model)
    let summary = ModelSummary(
      model, elementBytes: 4, scratchBytes: 0,
      scratch: ValueTable(of: model) { _ in 0 })
    #expect(summary.total(\.parameters) == 78_186)
    #expect(summary.total(\.multiplyAdds) == 12_501_632)
  }

  /// Protects the case and the example being the same model.
  @Test func referenceIsTheExample() throws {
    let files = [
      "Sources/ExampleModels/mnist_cnn.bn", "Tests/GoldenTests/Cases/mnist_cnn/mnist_cnn.bn",
    ]
    let texts = try files.map { try Data(contentsOf: Golden.root.appending(path: $0)) }
    #expect(texts[0] == texts[1])
  }
}
