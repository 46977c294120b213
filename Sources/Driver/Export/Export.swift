import Diagnostics
import Exporting
import IR
import ONNX

extension ExportOptions {
  /// How the model in `source` is exported unless told otherwise.
  package init(_ source: SourceFile, takesBytes: Bool) {
    self.init(
      takesBytes: takesBytes,
      files: source.files.map { File(name: $0.baseName, text: $0.text) }, version: bncVersion)
  }
}

extension Compiler {
  /// The bytes of an ONNX file of a trained model's evaluation.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - options: What is said of it in the file.
  ///   - values: The numbers of a parameter or a statistic by its name, `conv1.weight`, in C order.
  /// - Throws: `Failure` where a layer has no words in ONNX, or there are too many weights.
  package static func onnx(
    _ model: Model, _ options: ExportOptions, values: @escaping (String) throws -> [Double]
  ) throws -> [UInt8] {
    let graph = try ONNXGraph(of: model, options, values: values)
    return try ONNXFile.bytes(of: Onnx_ModelProto(graph, version: options.version))
  }

  /// A trained model as a module of PyTorch.
  ///
  /// - Throws: `Failure` where a layer has no words in PyTorch.
  package static func pytorch(_ model: Model, _ options: ExportOptions) throws -> PyTorchNetwork {
    try PyTorchNetwork(of: model, options)
  }
}
