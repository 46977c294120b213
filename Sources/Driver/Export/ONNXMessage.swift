import Exporting
import Foundation
import ONNX

extension Onnx_ModelProto {
  /// `graph` as ONNX's messages.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - version: bnc's version.
  package init(_ graph: ONNXGraph, version: String) {
    self.init()
    // What operators of the set are written with: onnx.helper's table.
    irVersion = 8
    producerName = "bnc"
    producerVersion = version
    opsetImport = [.with { $0.version = Int64(ONNXGraph.opset) }]
    metadataProps = graph.metadata.map { entry in
      .with { ($0.key, $0.value) = (entry.key, entry.text) }
    }
    self.graph = .with {
      $0.name = graph.name
      $0.node = graph.nodes.map(Onnx_NodeProto.init)
      $0.initializer = graph.tensors.map(Onnx_TensorProto.init)
      $0.input = graph.inputs.map(Onnx_ValueInfoProto.init)
      $0.output = graph.outputs.map(Onnx_ValueInfoProto.init)
      $0.valueInfo = graph.values.map(Onnx_ValueInfoProto.init)
    }
  }
}

extension Onnx_NodeProto {
  fileprivate init(_ node: ONNXNode) {
    self.init()
    name = node.name
    opType = node.operation
    input = node.inputs
    output = [node.output]
    attribute = node.attributes.map { attribute in
      .with {
        $0.name = attribute.name
        switch attribute.value {
        case .integer(let value): ($0.type, $0.i) = (.int, Int64(value))
        case .integers(let values): ($0.type, $0.ints) = (.ints, values.map(Int64.init))
        case .float(let value): ($0.type, $0.f) = (.float, Float(value))
        case .text(let value): ($0.type, $0.s) = (.string, Data(value.utf8))
        }
      }
    }
  }
}

extension Onnx_TensorProto {
  fileprivate init(_ tensor: ONNXTensor) {
    self.init()
    name = tensor.name
    dims = tensor.shape.map(Int64.init)
    switch tensor.numbers {
    case .floats(let numbers):
      dataType = Int32(DataType.float.rawValue)
      rawData = numbers.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
    case .integers(let numbers):
      dataType = Int32(DataType.int64.rawValue)
      rawData = numbers.map { Int64($0).littleEndian }.withUnsafeBytes { Data($0) }
    }
  }
}

extension Onnx_ValueInfoProto {
  fileprivate init(_ value: ONNXValue) {
    self.init()
    name = value.name
    type.tensorType.elemType = Int32(
      (value.isBytes ? Onnx_TensorProto.DataType.uint8 : .float).rawValue)
    type.tensorType.shape.dim =
      [.with { $0.dimParam = "batch" }]
      + value.shape.dimensions.map { size in .with { $0.dimValue = Int64(size) } }
  }
}
