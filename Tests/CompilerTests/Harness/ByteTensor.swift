@testable import Runner

extension Tensor {
  /// A tensor of `values` as bytes, or as `type` where that is a real one.
  static func of(_ values: [Double], shape: [Int], as type: NumberType) throws -> Tensor {
    guard type == .uint8 else { return try Tensor(shape: shape, values: values, as: type) }
    let memory = try AlignedMemory(byteCount: values.count)
    for (index, value) in values.enumerated() { memory.bytes[index] = UInt8(value) }
    return Tensor(shape: shape, type: .uint8, memory: memory)
  }
}
