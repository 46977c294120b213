import Diagnostics
import Foundation
import Importing
import ONNX

extension ImportGraph {
  /// The graph of an ONNX file.
  ///
  /// - Parameter external: The bytes of a file in the folder of the ONNX file, by its name: tensors
  ///   may be there.
  /// - Throws: `Failure`, without a path, where a part of it is damaged.
  init(_ model: Onnx_ModelProto, external: @escaping (String) throws -> [UInt8]) throws {
    let own = model.opsetImport.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }
    guard model.hasGraph, let opset = own?.version else {
      throw Failure("is no ONNX file with operators of ONNX")
    }
    let known: ClosedRange<Int64> = 6...27
    guard known.contains(opset) else {
      throw Failure(
        "has operators of version \(opset), and bnc knows those from \(known.lowerBound) to \(known.upperBound)",
        help: "export it with such an opset")
    }
    var reader = TensorReader(external: external)
    var tensors: [String: ImportTensor] = [:]
    for tensor in model.graph.initializer {
      guard !tensor.name.isEmpty, tensors[tensor.name] == nil else {
        throw Failure("has two tensors called '\(tensor.name)'", help: "export it anew")
      }
      if let read = try reader.tensor(tensor) { tensors[tensor.name] = read }
    }
    let inputs = try model.graph.input.filter { tensors[$0.name] == nil }.map(ImportInput.init)
    self.init(
      producer: [model.producerName, model.producerVersion].filter { !$0.isEmpty }
        .joined(separator: " "),
      opset: Int(opset), inputs: inputs, outputs: model.graph.output.map(\.name),
      nodes: try model.graph.node.map { try ImportNode($0, &reader) }, tensors: tensors)
  }
}

extension ImportInput {
  fileprivate init(_ value: Onnx_ValueInfoProto) throws(Failure) {
    let type = value.type.tensorType
    let isReal = [1, 10, 11, 16].contains(type.elemType)
    guard isReal || type.elemType == 2 else {
      let name = Onnx_TensorProto.DataType(rawValue: Int(type.elemType)).map { "\($0)" }
      throw Failure(
        "has the input '\(value.name)' of \(name ?? "no type"), and bnc reads real numbers and bytes"
      )
    }
    let sizes: [Int?] = type.shape.dim.map { size in
      guard case .dimValue(let number) = size.value, number > 0 else { return nil }
      return Int(number)
    }
    guard type.hasShape else {
      throw Failure("says no shape of the input '\(value.name)'", help: "export it with its shapes")
    }
    self.init(name: value.name, isBytes: !isReal, sizes: sizes)
  }
}

extension ImportNode {
  fileprivate init(_ node: Onnx_NodeProto, _ reader: inout TensorReader) throws {
    var attributes: [String: Attribute] = [:]
    for attribute in node.attribute {
      attributes[attribute.name] =
        switch attribute.type {
        case .int: .integer(Int(attribute.i))
        case .ints: .integers(attribute.ints.map(Int.init))
        case .float: .float(attribute.f.decimal)
        case .floats: .floats(attribute.floats.map(\.decimal))
        case .string: .text(String(decoding: attribute.s, as: UTF8.self))
        case .tensor: try reader.tensor(attribute.t).map(Attribute.tensor) ?? .other
        default: .other
        }
    }
    self.init(
      name: node.name, operation: node.opType, domain: node.domain, inputs: node.input,
      outputs: node.output, attributes: attributes)
  }
}
