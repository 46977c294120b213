import CodeGeneration
import Diagnostics
import Driver
import Foundation
import IR
import Lowering
import Testing

/// The C of a small frozen network, to be read by whoever changes a template.
@Suite struct FrozenGoldenTests {
  private static let folder = "Tests/GoldenTests/Cases/frozen"

  /// Protects the whole of a frozen network: as plain C with its weights, the interface and the program;
  /// and with vectors, several examples a call, probabilities and a file of weights.
  @Test func smallNetwork() throws {
    let path = "\(Self.folder)/small.bn"
    let text = try String(contentsOf: Golden.root.appending(path: path), encoding: .utf8)
    let source = SourceFile(name: "small.bn", text: text)
    var options = try FrozenOptions(name: FrozenName("small"), stem: "small")
    options.facts = ["The weights are those of small.safetensors: 65 parameters."]
    options.classNames = ["round", "square", "\"other\""]
    let plain = try Compiler.freeze(
      source, PlanOptions(target: .portable, purpose: .inference, embedding: .bytes), options,
      values: Self.values)
    try Golden.expect(plain.network, at: "\(Self.folder)/small.c")
    try Golden.expect(plain.header, at: "\(Self.folder)/small.h")
    try Golden.expect(plain.main, at: "\(Self.folder)/small_main.c")
    options.stem = "vectors"
    (options.batch, options.output, options.weights) = (4, .softmax, .file)
    let vectors = try Compiler.freeze(
      source, PlanOptions(target: .generic, purpose: .inference, embedding: .float), options,
      values: Self.values)
    try Golden.expect(vectors.network, at: "\(Self.folder)/vectors.c")
    try Golden.expect(vectors.header, at: "\(Self.folder)/vectors.h")
    try Golden.expect(vectors.main, at: "\(Self.folder)/vectors_main.c")
  }

  /// Numbers of few digits for the tensors of `small.bn`.
  private static func values(of name: String) -> [Double] {
    let count = ["conv1.weight": 18, "dense1.weight": 36, "dense1.bias": 3][name] ?? 2
    return (0..<count).map { index in
      switch name.suffix(8) {
      case "variance": 3.99999 + 5 * Double(index)
      case "ch1.seen", "rm1.seen": 1
      default: Double((index * 7 + name.utf8.count) % 11 - 5) / 4
      }
    }
  }
}
