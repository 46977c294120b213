import Diagnostics
import Exporting
import IR
import Language
import ONNX
import Operators
import Testing

@testable import Driver

/// What `bnc export` writes, as far as that can be told without Python:
/// Tests/References/compare_exports.py runs it.
@Suite struct ExportTests {
  /// Names and texts.
  private static let models: [String: String] = {
    let cases =
      Case.operators + Case.withinExamples + Case.activations + [.network, .everything, .shapes]
    let all = cases.map { ($0.name, $0.text) } + ExampleModels.all.map { ($0.name, $0.text) }
    return Dictionary(all) { first, _ in first }
  }()

  /// Those that PyTorch has no words for: eps that is added to a deviation, an edge around four
  /// axes.
  private static let refused = [
    "running_statistics", "batch_norms", "everything", "moves_of_four_axes",
  ]

  private static func model(_ text: String, library: Library = .standard) throws -> Model {
    try Compiler.model(
      SourceFile(name: "test.bn", text: text), CompileOptions(trains: false), library: library)
  }

  private static func options(_ text: String) -> ExportOptions {
    ExportOptions(SourceFile(name: "test.bn", text: text), takesBytes: false)
  }

  /// Numbers of a tensor by its name.
  private static func values(_ model: Model) -> (String) throws -> [Double] {
    { name in
      for index in model.layers.indices {
        for tensor in model.parameters(of: index) + model.state(of: index)
        where "\(model.layers[index].name).\(tensor.name)" == name {
          return [Double](repeating: 0.5, count: tensor.elementCount)
        }
      }
      throw Failure("there is no \(name)")
    }
  }

  private static func message(_ text: String) throws -> Onnx_ModelProto {
    let model = try model(text)
    return try ONNXFile.model(Compiler.onnx(model, options(text), values: values(model)))
  }

  /// Protects readers of the file: each name is of one thing, each node reads what is there before
  /// it, each tensor has as many bytes as its shape says, and inputs and outputs are those of the
  /// model.
  @Test(arguments: models.keys.sorted())
  func graphIsSound(_ name: String) throws {
    let text = try #require(Self.models[name])
    let model = try Self.model(text)
    // Megabytes of weights take seconds, and make no other graph.
    let isSmall = model.layers.indices.allSatisfy { index in
      model.parameters(of: index).allSatisfy { $0.elementCount < 50_000 }
    }
    guard isSmall else { return }
    let graph = try Self.message(text).graph
    var known: Set<String> = []
    for name in graph.input.map(\.name) + graph.initializer.map(\.name) {
      #expect(known.insert(name).inserted, "\(name) is there twice")
    }
    for tensor in graph.initializer {
      let size = tensor.dataType == 7 ? 8 : 4
      #expect(tensor.rawData.count == tensor.dims.reduce(1) { $0 * Int($1) } * size)
    }
    for node in graph.node {
      for name in node.input where !name.isEmpty {
        #expect(known.contains(name), "\(node.name) reads \(name), which is not there")
      }
      for name in node.output { #expect(known.insert(name).inserted, "\(name) is there twice") }
    }
    #expect(graph.input.map(\.name) == model.inputs.map(\.name))
    // Where a loss reads an input, one name would be two things.
    let outputs = model.outputs.map { id in
      id.layer == nil ? "\(model.name(of: id))/result" : model.outputName(id)
    }
    #expect(graph.output.map(\.name) == outputs)
    for value in graph.input + graph.output + graph.valueInfo {
      #expect(known.contains(value.name))
      #expect(value.type.tensorType.shape.dim.first?.dimParam == "batch")
    }
  }

  /// Protects `--state-dict` and the module's `load`: every tensor that bnc saves is one tensor
  /// there, but a statistic's `seen` and a gamma that stays 1.
  @Test(arguments: models.keys.sorted())
  func stateDictIsWhole(_ name: String) throws {
    let text = try #require(Self.models[name])
    let model = try Self.model(text)
    if Self.refused.contains(name) {
      #expect(throws: Failure.self) { try Compiler.pytorch(model, Self.options(text)) }
      return
    }
    let network = try Compiler.pytorch(model, Self.options(text))
    let owned = network.tensors.compactMap { tensor in
      if case .own(let name) = tensor.content { name } else { nil }
    }
    var saved: [String] = []
    for index in model.layers.indices {
      for tensor in model.parameters(of: index) + model.state(of: index) {
        if tensor.role == .seen || tensor.role == .gamma && tensor.held != nil { continue }
        saved.append("\(model.layers[index].name).\(tensor.name)")
      }
    }
    #expect(owned.sorted() == saved.sorted())
    #expect(Set(network.tensors.map(\.name)).count == network.tensors.count)
  }

  /// Protects the openness of both: an activation that nobody knows is written as its formula, and
  /// an operation without words is refused with its name, its line and the reason.
  @Test func unknownOperations() throws {
    var library = Library.standard
    library.operations += [.softsign, .larger, ReverseChannels.definition]
    let known = """
      model open {
        input x: [3]
        target t: [3]
        y = x | softsign
        loss linear_regression(y, t)
      }
      """
    var model = try Self.model(known, library: library)
    let graph = try ONNXGraph(of: model, Self.options(known)) { _ in [] }
    #expect(graph.nodes.map(\.operation) == ["Abs", "Add", "Div"])
    #expect(
      try Compiler.pytorch(model, Self.options(known)).text.contains("y = x / (1 + torch.abs(x))"))
    let unknown = known.replacing("softsign", with: "softsign\n      | reverse_channels")
    model = try Self.model(unknown, library: library)
    let message =
      "test.bn: 'reverse_channels1' of line 5 cannot be exported: "
    #expect(
      Self.failure { try ONNXGraph(of: model, Self.options(unknown)) { _ in [] } }
        == message + "ONNX has no operator for 'reverse_channels'")
    #expect(
      Self.failure { try Compiler.pytorch(model, Self.options(unknown)) }
        == message + "PyTorch has no module or function for 'reverse_channels'")
  }

  /// Protects those whose batch norm PyTorch does not have: they are told, and ONNX has it.
  @Test func epsOfTheDeviation() throws {
    let text = Case("deviation", input: "[3]", batch: 2, "y = x | batchnorm(eps_on: deviation)")
      .text
    let model = try Self.model(text)
    let failure = Self.failure { try Compiler.pytorch(model, Self.options(text)) }
    #expect(failure.contains("'batchnorm1' of line 4"))
    #expect(failure.contains("adds eps to the variance, and this one to the deviation"))
    let graph = try ONNXGraph(of: model, Self.options(text), values: Self.values(model))
    let tensor = graph.tensors.first { $0.name == "batchnorm1/squared_deviation" }
    let root = 0.5.squareRoot() + 1e-5
    #expect(tensor?.numbers == .floats([Float](repeating: Float(root * root), count: 3)))
  }

  /// Protects from infinite weights: what no float holds is named.
  @Test func numbersBeyondFloats() throws {
    let text = Case.network.text
    let model = try Self.model(text)
    let failure = Self.failure {
      try Compiler.onnx(model, Self.options(text)) { name in
        try Self.values(model)(name).map { name == "dense1.bias" ? $0 * 1e300 : $0 }
      }
    }
    #expect(failure.contains("'dense1' of line"))
    #expect(failure.contains("no float holds number 0 of dense1.bias"))
  }

  /// Protects Python files from names that mean something there: each is changed, and `load` knows.
  @Test func namesOfPython() throws {
    let text = """
      model none {
        input lambda: [3]
        target t: [2]
        self = lambda | dense(4) as train | batchnorm(like: pytorch) as F
        torch = self + self | relu
        y = torch | dense(2)
        loss linear_regression(y, t)
      }
      """
    let network = try Compiler.pytorch(Self.model(text), Self.options(text))
    let expected = [
      "class NoneNet(nn.Module):", "def forward(self, lambda_):", "x = self.train_(lambda_)",
      "self_ = self.F(x)", "torch_ = F.relu(x)",
      "    \"train.weight\": \"train_.weight\",", "    \"running_variance\": \"running_var\",",
    ]
    for line in expected { #expect(network.text.contains(line), "\(line)\n\(network.text)") }
    #expect(network.tensors.first?.name == "train_.weight")
  }

  /// Protects readers of files: what is no message is refused.
  @Test(arguments: [[1, 2, 3], [0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x08]] as [[UInt8]])
  func damagedFiles(_ bytes: [UInt8]) {
    #expect(throws: Failure.self) { try ONNXFile.model(bytes) }
  }

  private static func failure(_ body: () throws -> some Any) -> String {
    do {
      _ = try body()
      return "nothing was refused"
    } catch {
      return "\(error)"
    }
  }
}
