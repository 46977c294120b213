import Diagnostics
import IR
import Importing
import Language
import ONNX
import Operators

/// A network that was read from an ONNX file.
package struct ImportedNetwork: Sendable {
  /// The model file's text, laid out.
  package var text: String
  /// Parameters and running statistics under bnc's names, in the order of the model.
  package var tensors: [(name: String, shape: [Int], numbers: [Float])]
  /// What was left out or changed.
  package var notes: [String]
}

/// How an ONNX file is imported.
package struct ImportOptions: Sendable {
  /// The model's name.
  package var name: String
  /// What the file is called, for the comment at the top of the model.
  package var file: String
  /// The sizes of inputs, batch left out, that the file leaves open.
  package var sizes: [String: [Int]]

  package init(name: String, file: String, sizes: [String: [Int]] = [:]) {
    self.name = ImportNames.identifier(name)
    self.file = file
    self.sizes = sizes
  }
}

extension Compiler {
  /// The network in the ONNX file that `bytes` are.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - options: What the model is called, and the sizes that the file leaves open.
  ///   - rules: What operations make of nodes.
  ///   - library: The words of the language.
  ///   - external: The bytes of a file in the folder of the ONNX file, by its name.
  /// - Throws: `Failure`, without a path, where the file is damaged or the language has no words for a
  ///   part of it.
  package static func importing(
    _ bytes: [UInt8], _ options: ImportOptions,
    rules: ImportRules = .standard, library: Library = .standard,
    external: @escaping (String) throws -> [UInt8] = { name in
      throw Failure("has numbers in '\(name)', which is not there")
    }
  ) throws -> ImportedNetwork {
    let graph = try ImportGraph(ONNXFile.model(bytes), external: external)
    let network = try GraphImport.network(
      of: graph, sizes: options.sizes, rules: rules, library: library)
    let draft = NetworkText(network, name: options.name, file: options.file, library: library)
    let source = SourceFile(name: "\(options.name).bn", text: draft.text)
    guard case .success(let text) = Formatter.format(source) else {
      throw Failure(
        "became a model that cannot be read", help: "this is a mistake of bnc: please report it")
    }
    let (model, diagnostics) = Frontend.check(
      SourceFile(name: source.name, text: text), library: library, trains: false)
    guard let model else {
      let first = diagnostics.first { $0.severity == .error }?.message ?? "it cannot be read"
      throw Failure("becomes a model that the language does not take: \(first)")
    }
    return ImportedNetwork(
      text: text, tensors: try tensors(of: network, draft.order, in: model), notes: network.notes)
  }

  /// The tensors of `network` under the names that the layers of `model` have.
  private static func tensors(
    of network: NetworkImport, _ order: [Int], in model: Model
  ) throws(Failure) -> [(name: String, shape: [Int], numbers: [Float])] {
    let mistake = Failure(
      "became another model than its layers are", help: "this is a mistake of bnc: please report it"
    )
    guard order.count == model.layers.count else { throw mistake }
    var tensors: [(name: String, shape: [Int], numbers: [Float])] = []
    for (place, index) in order.enumerated() {
      let (layer, own) = (model.layers[place], network.layers[index])
      guard layer.op.base.keyword == own.operation.keyword, layer.shape == own.shape else {
        throw mistake
      }
      for tensor in model.parameters(of: place) + model.state(of: place) where tensor.role != .seen
      {
        guard let found = own.tensors[tensor.role], found.shape == tensor.shape else {
          throw mistake
        }
        tensors.append(("\(layer.name).\(tensor.name)", tensor.shape, found.floats))
      }
    }
    return tensors
  }
}
