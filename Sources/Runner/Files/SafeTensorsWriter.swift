import Diagnostics
import Files

extension SafeTensors {
  /// Writes named tensors, in their order, whole or not at all.
  ///
  /// - Throws: a failure that names the file; what was there before stays.
  package static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [(key: String, value: String)] = [],
    to path: String
  ) throws {
    let header = header(of: tensors, metadata: metadata)
    try AtomicFile.write(to: path) { file in
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try file.write($0) }
      try file.write(header)
      for (_, tensor) in tensors { try file.write(tensor.bytes) }
    }
  }

  private static func header(
    of tensors: [(name: String, tensor: Tensor)], metadata: [(key: String, value: String)]
  ) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + tensor.bytes.count
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(name)):{\"dtype\":\"\(code(of: tensor.type))\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    let text = Array("{\(members.joined(separator: ","))}".utf8)
    // The data begin at a multiple of 8, so that readers can map it.
    return text + [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
  }

  private static func code(of type: NumberType) -> String {
    switch type {
    case .uint8: "U8"
    case .int8: "I8"
    case .int16: "I16"
    case .int32: "I32"
    case .int64: "I64"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .float32: "F32"
    case .float64: "F64"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
