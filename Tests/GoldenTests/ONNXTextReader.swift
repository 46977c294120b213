import Foundation
import ONNX

/// Makes ONNX files of a text like the one that `ONNXText` writes, so that a test shows the graph
/// that it is about:
///
///     producer pytorch
///     opset 17
///     input x: float [batch, 3, 8, 8]
///     tensor w: float [4, 3, 3, 3]
///     tensor axes: int64 [2] = 2, 3
///     y = Conv(x, w) kernel_shape [3, 3] auto_pad SAME_UPPER
///     output y
///
/// A tensor without numbers has some of few digits. `alpha 0.5` is a float, `axis 1` a whole
/// number.
enum ONNXTextReader {
  static func model(_ text: String) -> Onnx_ModelProto {
    var model = Onnx_ModelProto()
    model.irVersion = 8
    model.graph.name = "graph"
    var opset = 17
    for line in text.split(separator: "\n") {
      let line = line.trimmingCharacters(in: .whitespaces)
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      switch words.first {
      case nil, "#": continue
      case "opset": opset = Int(words[1]) ?? 0
      case "producer": model.producerName = words[1]
      case "input": model.graph.input.append(value(words[1]))
      case "tensor": model.graph.initializer.append(tensor(words[1]))
      case "output": model.graph.output.append(.with { $0.name = words[1] })
      default: model.graph.node.append(node(line))
      }
    }
    model.opsetImport = [.with { $0.version = Int64(opset) }]
    return model
  }

  /// The bytes of the file that `text` says.
  static func bytes(_ text: String) throws -> [UInt8] { try ONNXFile.bytes(of: model(text)) }

  private static func cut(_ text: String, _ mark: String) -> (String, String) {
    guard let range = text.range(of: mark) else { return (text, "") }
    return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
  }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private static func type(_ name: String) -> Int32 {
    let types: [String: Onnx_TensorProto.DataType] = [
      "float": .float, "uint8": .uint8, "int64": .int64, "int32": .int32, "double": .double,
    ]
    return Int32((types[name] ?? .undefined).rawValue)
  }

  private static func value(_ text: String) -> Onnx_ValueInfoProto {
    let (name, rest) = cut(text, ": ")
    let (type, sizes) = cut(rest, " [")
    return .with {
      $0.name = name
      $0.type.tensorType.elemType = Self.type(type)
      $0.type.tensorType.shape.dim = list(sizes.replacing("]", with: "")).map { size in
        .with {
          if let number = Int64(size) { $0.dimValue = number } else { $0.dimParam = size }
        }
      }
    }
  }

  private static func tensor(_ text: String) -> Onnx_TensorProto {
    let (name, rest) = cut(text, ": ")
    let (type, more) = cut(rest, " [")
    let (sizes, numbers) = cut(more, "]")
    let dims = list(sizes).compactMap { Int64($0) }
    let given = list(numbers.replacing("=", with: ""))
    let count = Int(dims.reduce(1, &*))
    return .with {
      $0.name = name
      $0.dims = dims
      $0.dataType = Self.type(type)
      let values =
        given.isEmpty && count > 0
        ? (0..<count).map { Double(($0 * 7 + name.utf8.count) % 11 + 1) / 8 }
        : given.compactMap(Double.init)
      switch type {
      case "float": $0.floatData = values.map { Float($0) }
      case "double": $0.doubleData = values
      case "int64": $0.int64Data = given.compactMap { Int64($0) }
      default: $0.int32Data = values.map { Int32($0) }
      }
    }
  }

  private static func node(_ line: String) -> Onnx_NodeProto {
    let (outputs, rest) = cut(line, " = ")
    let (operation, more) = cut(rest, "(")
    let (inputs, attributes) = cut(more, ")")
    return .with {
      $0.output = list(outputs)
      $0.name = "node_\($0.output.first ?? "")"
      $0.opType = operation.split(separator: ".").last.map(String.init) ?? ""
      if operation.contains(".") { $0.domain = String(operation.prefix { $0 != "." }) }
      $0.input = inputs.split(separator: ",", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      if inputs.isEmpty { $0.input = [] }
      $0.attribute = Self.attributes(attributes)
    }
  }

  /// `kernel_shape [3, 3] auto_pad VALID`
  private static func attributes(_ text: String) -> [Onnx_AttributeProto] {
    var rest = text.trimmingCharacters(in: .whitespaces)
    var attributes: [Onnx_AttributeProto] = []
    while !rest.isEmpty {
      let (name, behind) = cut(rest, " ")
      let isList = behind.hasPrefix("[")
      let (value, next) = isList ? cut(String(behind.dropFirst()), "]") : cut(behind, " ")
      rest = next.trimmingCharacters(in: .whitespaces)
      attributes.append(
        .with {
          $0.name = name
          if isList, value.contains(".") {
            ($0.type, $0.floats) = (.floats, list(value).compactMap { Float($0) })
          } else if isList {
            ($0.type, $0.ints) = (.ints, list(value).compactMap { Int64($0) })
          } else if let number = Int64(value) {
            ($0.type, $0.i) = (.int, number)
          } else if let number = Float(value) {
            ($0.type, $0.f) = (.float, number)
          } else {
            ($0.type, $0.s) = (.string, Data(value.utf8))
          }
        })
    }
    return attributes
  }
}
