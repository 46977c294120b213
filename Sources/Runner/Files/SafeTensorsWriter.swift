import Diagnostics
import Files

extension SafeTensors {
  /// Writes named tensors, their data in their order, whole or not at all.
  ///
  /// - Throws: a failure that names the file; what was there before stays.
  package static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:],
    to path: String
  ) throws {
    let header = try header(of: tensors, metadata: metadata)
    try AtomicFile.write(to: path) { file in
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try file.write($0) }
      try file.write(header)
      for (_, tensor) in tensors { try file.write(tensor.bytes) }
    }
  }

  private static func header(
    of tensors: [(name: String, tensor: Tensor)], metadata: [String: String]
  ) throws -> [UInt8] {
    var members: [String: Member] = [:]
    if !metadata.isEmpty {
      members["__metadata__"] = .metadata(metadata)
    }
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + tensor.bytes.count
      members[name] = .tensor(
        TensorMember(
          dtype: code(of: tensor.type), shape: tensor.shape, offsets: [offset, end]))
      offset = end
    }
    let text = Array(try JSONText.of(members).utf8)
    // The data begin at a multiple of 8, so that readers can map it.
    return text + [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
  }

  /// A member of the header's object.
  private enum Member: Encodable {
    case metadata([String: String])
    case tensor(TensorMember)

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .metadata(let pairs): try pairs.encode(to: encoder)
      case .tensor(let tensor): try tensor.encode(to: encoder)
      }
    }
  }

  private struct TensorMember: Encodable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
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
}
