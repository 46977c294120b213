import Diagnostics
import Driver
import Foundation
import Testing

/// What `bnc import` writes of small graphs, to be read by whoever changes it.
@Suite struct ImportGoldenTests {
  private static let folder = "Tests/GoldenTests/Cases/import"

  /// Protects the text of an imported model, its layout, its names and its comments, and the names
  /// and the shapes of its weights.
  @Test(arguments: Golden.names(in: "import", suffix: ".onnx.txt"))
  func networks(_ name: String) throws {
    let graph = try String(
      contentsOf: Golden.root.appending(path: "\(Self.folder)/\(name).onnx.txt"), encoding: .utf8)
    let network = try Compiler.importing(
      ONNXTextReader.bytes(graph), ImportOptions(name: name, file: "\(name).onnx"))
    try Golden.expect(network.text, at: "\(Self.folder)/\(name).bn")
    let tensors = network.tensors.map { "\($0.name) \($0.shape) = \($0.numbers.prefix(4))\n" }
    try Golden.expect(tensors.joined(), at: "\(Self.folder)/\(name).weights.txt")
  }

  /// Protects the same file and options giving the same text.
  @Test func isTheSameEachTime() throws {
    let graph = try String(
      contentsOf: Golden.root.appending(path: "\(Self.folder)/residual.onnx.txt"), encoding: .utf8)
    let bytes = try ONNXTextReader.bytes(graph)
    let options = ImportOptions(name: "net", file: "net.onnx")
    let texts = try (0..<3).map { _ in try Compiler.importing(bytes, options).text }
    #expect(Set(texts).count == 1)
  }
}
