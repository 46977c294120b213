import Diagnostics
import Driver
import Exporting
import Foundation
import IR
import ONNX
import Testing

/// What `bnc export` writes of small networks, to be read by whoever changes it.
@Suite struct ExportGoldenTests {
  private static let folder = "Tests/GoldenTests/Cases/export"

  /// Protects the ONNX graph, read back from its bytes, and the Python file: of layers one after
  /// the other, and of blocks, forms that others do not have and several inputs.
  @Test(arguments: ["chain", "forms"])
  func networks(_ name: String) throws {
    let text = try String(
      contentsOf: Golden.root.appending(path: "\(Self.folder)/\(name).bn"), encoding: .utf8)
    let source = SourceFile(name: "\(name).bn", text: text)
    let model = try Compiler.model(source, CompileOptions(trains: false))
    var options = ExportOptions(source, takesBytes: false)
    options.version = "0"
    options.classNames = ["round", "square", "\"other\"\n"]
    let pytorch = try Compiler.pytorch(model, options).text
    try Golden.expect(pytorch, at: "\(Self.folder)/\(name).py")
    options.takesBytes = model.training.takesBytes
    options.makesProbabilities = true
    let bytes = try Compiler.onnx(model, options) { try Self.values(of: $0, model) }
    try Golden.expect(
      ONNXText.describe(ONNXFile.model(bytes)), at: "\(Self.folder)/\(name).onnx.txt")
  }

  /// Numbers of few digits.
  private static func values(of name: String, _ model: Model) throws -> [Double] {
    for index in model.layers.indices {
      for tensor in model.parameters(of: index) + model.state(of: index)
      where "\(model.layers[index].name).\(tensor.name)" == name {
        let least = tensor.role == .runningVariance ? 1 : -5
        return (0..<tensor.elementCount).map {
          Double(($0 * 7 + name.utf8.count) % 11 + least) / 4
        }
      }
    }
    throw Failure("there is no \(name)")
  }
}
