import Diagnostics

/// A graph of ONNX as text, one part a line: for tests, and for those who look for what a file
/// holds.
///
///     conv1 = Conv(image, conv1.weight, conv1.bias) kernel_shape [3, 3]
package enum ONNXText {
  /// All of `model` but its texts.
  package static func describe(_ model: Onnx_ModelProto) -> String {
    let graph = model.graph
    let opsets = model.opsetImport.map {
      "\($0.domain.isEmpty ? "" : "\($0.domain) ")\($0.version)"
    }
    var lines = [
      "graph \(graph.name), opset \(opsets.joined(separator: ", ")), IR version \(model.irVersion)"
    ]
    lines += model.metadataProps.map { "metadata \($0.key): \(line($0.value))" }
    lines += graph.input.map { "input \(describe($0))" }
    lines += graph.initializer.map { "tensor \(describe($0))" }
    lines += graph.node.map(describe)
    lines += graph.valueInfo.map { "value \(describe($0))" }
    lines += graph.output.map { "output \(describe($0))" }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func describe(_ node: Onnx_NodeProto) -> String {
    "\(node.output.joined(separator: ", ")) = \(node.opType)(\(node.input.joined(separator: ", ")))"
      + node.attribute.map { " \($0.name) \(value(of: $0))" }.joined()
  }

  private static func value(of attribute: Onnx_AttributeProto) -> String {
    switch attribute.type {
    case .int: "\(attribute.i)"
    case .ints: "\(attribute.ints)"
    case .float: "\(attribute.f)"
    case .floats: "\(attribute.floats)"
    case .string: String(decoding: attribute.s, as: UTF8.self)
    default: "of type \(attribute.type.rawValue)"
    }
  }

  private static func describe(_ value: Onnx_ValueInfoProto) -> String {
    let sizes = value.type.tensorType.shape.dim.map { size in
      switch size.value {
      case .dimValue(let number): "\(number)"
      case .dimParam(let name): name
      case nil: "?"
      }
    }
    let type = name(ofType: value.type.tensorType.elemType)
    return "\(value.name): \(type) [\(sizes.joined(separator: ", "))]"
  }

  /// The first numbers of a tensor: floats have their shortest form.
  private static func describe(_ tensor: Onnx_TensorProto) -> String {
    let type = name(ofType: tensor.dataType)
    var numbers: [String] = []
    tensor.rawData.withUnsafeBytes { bytes in
      let size = tensor.dataType == 7 ? 8 : 4
      for index in 0..<min(bytes.count / size, 8) {
        if size == 8 {
          let bits = bytes.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)
          numbers.append("\(Int64(littleEndian: bits))")
        } else {
          let bits = bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
          numbers.append("\(Float(bitPattern: UInt32(littleEndian: bits)))")
        }
      }
      if bytes.count / size > 8 { numbers.append("…") }
    }
    return "\(tensor.name): \(type) \(tensor.dims) = \(numbers.joined(separator: ", "))"
  }

  private static func name(ofType number: Int32) -> String {
    Onnx_TensorProto.DataType(rawValue: Int(number)).map { "\($0)" } ?? "type \(number)"
  }

  /// The first line of a text.
  private static func line(_ text: String) -> String {
    let first = text.split(separator: "\n", omittingEmptySubsequences: false).first ?? ""
    return text.utf8.count > first.utf8.count ? "\(first) …" : String(first)
  }
}
