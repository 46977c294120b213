import Diagnostics
import Exporting
import IR
import ONNX
import Operators
import Testing
import Verification

@testable import Driver

/// What `bnc import` makes of what `bnc export` writes: the same network.
/// Tests/References/compare_imports.py has those of other programs.
@Suite struct ImportTests {
  /// Names and texts.
  private static let models: [String: String] = {
    let cases =
      Case.operators + Case.withinExamples + Case.activations + [.network, .everything, .shapes]
    let all = cases.map { ($0.name, $0.text) } + ExampleModels.all.map { ($0.name, $0.text) }
    return Dictionary(all) { first, _ in first }
  }()

  private static func model(_ text: String) throws -> Model {
    try Compiler.model(SourceFile(name: "test.bn", text: text), CompileOptions(trains: false))
  }

  /// Protects all operations: the imported model's evaluation is that of the exported one, computed
  /// by the formulas of their operations.
  @Test(arguments: models.keys.sorted())
  func roundtrip(_ name: String) throws {
    // Its loss reads the input itself, and no network is left.
    if name == "several_of_one" { return }
    let text = try #require(Self.models[name])
    let model = try Self.model(text)
    let work = model.layers.reduce(0) { sum, layer in
      sum + layer.shape.elementCount
        + layer.op.base.multiplyAdds(of: model.operandShapes(of: layer))
    }
    // Larger ones are no other operations, and take seconds.
    guard work < 400_000 else { return }
    try ImportedRoundtrip(name, text, model).check()
  }
}

/// A model, and what is imported of what is exported of it.
struct ImportedRoundtrip {
  let name: String
  let model: Model
  let imported: ImportedNetwork
  let other: Model
  private let values: (String) throws -> [Double]

  init(_ name: String, _ text: String, _ model: Model) throws {
    self.name = name
    self.model = model
    let source = SourceFile(name: "test.bn", text: text)
    values = try FrozenHarness.drawn(text)
    let options = ExportOptions(source, takesBytes: Compiler.embedding(of: model) == .bytes)
    imported = try Compiler.importing(
      Compiler.onnx(model, options, values: values), ImportOptions(name: name, file: "test.onnx"))
    other = try Compiler.model(
      SourceFile(name: "test.bn", text: imported.text), CompileOptions(trains: false))
  }

  /// That both compute the same, by the formulas of their operations.
  func check() throws {
    #expect(other.inputs.map(\.shape) == model.inputs.map(\.shape))
    let sample = Sample(model, count: 2, seed: 3)
    var tensors: [String: [Double]] = [:]
    for index in model.layers.indices {
      for tensor in model.parameters(of: index) + model.state(of: index) {
        let name = "\(model.layers[index].name).\(tensor.name)"
        tensors[name] = try values(name)
      }
    }
    let own = NaiveNetwork(model: model, tensors: tensors).values(sample, training: false)
    let weights = Dictionary(
      uniqueKeysWithValues: imported.tensors.map { ($0.name, $0.numbers.map(Double.init)) })
    let found = NaiveNetwork(model: other, tensors: weights).values(sample, training: false)
    #expect(other.outputs.count == model.outputs.count)
    for (a, b) in zip(model.outputs, other.outputs) {
      #expect(other.shape(of: b) == model.shape(of: a))
      expectClose(found[b], own[a], within: 1e-5, "\(name): \(imported.text)")
    }
  }
}
