import Diagnostics

/// Numbers with a shape, in C order: what files hold and what the commands print.
package struct Tensor: Sendable {
  /// The length of each axis, the outermost first; empty for a single number.
  package let shape: [Int]
  /// How each number is stored.
  package let type: NumberType
  /// The numbers, `count * type.size` bytes.
  package let memory: AlignedMemory

  /// How many numbers there are.
  package var count: Int { shape.reduce(1, *) }

  /// A tensor over `memory`, which holds at least the shape's bytes.
  init(shape: [Int], type: NumberType, memory: AlignedMemory) {
    precondition(memory.bytes.count >= shape.reduce(1, *) * type.size)
    self.shape = shape
    self.type = type
    self.memory = memory
  }

  /// A tensor of `values`, as many as the shape says, stored as `type` (float32 or float64).
  package init(shape: [Int], values: [Double], as type: NumberType = .float64) throws {
    precondition(values.count == shape.reduce(1, *))
    let memory = try AlignedMemory(byteCount: values.count * type.size)
    self.init(shape: shape, type: type, memory: memory)
    values.withUnsafeBufferPointer { values in
      if type == .float32 {
        let target = memory.bytes.bindMemory(to: Float.self)
        for index in values.indices { target[index] = Float(values[index]) }
      } else {
        precondition(type == .float64)
        let target = memory.bytes.bindMemory(to: Double.self)
        for index in values.indices { target[index] = values[index] }
      }
    }
  }

  /// A tensor of zeros.
  package init(zerosOf shape: [Int], type: NumberType) throws {
    let size = shape.reduce(1, *) * type.size
    self.init(shape: shape, type: type, memory: try AlignedMemory(byteCount: size, zeroed: true))
  }

  /// A tensor of `floats`, as many as the shape says.
  package init(shape: [Int], floats: [Float]) throws {
    precondition(floats.count == shape.reduce(1, *))
    self = try floats.withUnsafeBytes { try Tensor(copying: $0, shape: shape, type: .float32) }
  }

  /// A tensor of one number, again and again, stored in 64 bits.
  package init(shape: [Int], integer: Int) throws {
    let memory = try AlignedMemory(byteCount: shape.reduce(1, *) * NumberType.int64.size)
    self.init(shape: shape, type: .int64, memory: memory)
    let target = memory.bytes.bindMemory(to: Int64.self)
    for index in 0..<count { target[index] = Int64(integer) }
  }

  /// A copy of the numbers that stand at `source`.
  init(copying source: UnsafeRawBufferPointer, shape: [Int], type: NumberType) throws {
    let memory = try AlignedMemory(byteCount: source.count)
    memory.bytes.copyMemory(from: source)
    self.init(shape: shape, type: type, memory: memory)
  }

  /// The bytes of the numbers.
  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: memory.bytes[..<(count * type.size)])
  }

  /// Number `index` in C order.
  package subscript(index: Int) -> Double { type.number(in: bytes, at: index * type.size) }

  /// All numbers in C order.
  package var values: [Double] {
    let bytes = bytes
    return (0..<count).map { type.number(in: bytes, at: $0 * type.size) }
  }

  /// The first number, in C order, that is infinite or none.
  var firstNotFinite: Int? {
    switch type {
    case .float32: return bytes.bindMemory(to: Float.self).firstIndex { !$0.isFinite }
    case .float64: return bytes.bindMemory(to: Double.self).firstIndex { !$0.isFinite }
    default:
      guard type.isReal else { return nil }
      return (0..<count).first { !self[$0].isFinite }
    }
  }

  /// The first number, in C order, that is not within `range`.
  func firstOutside(_ range: ClosedRange<Double>) -> Int? {
    switch type {
    case .float32: bytes.bindMemory(to: Float.self).firstIndex { !range.contains(Double($0)) }
    case .float64: bytes.bindMemory(to: Double.self).firstIndex { !range.contains($0) }
    default: (0..<count).first { !range.contains(self[$0]) }
    }
  }

  /// The same numbers as floats (`float32`) or doubles (`float64`).
  func converted(to real: NumberType) throws -> Tensor {
    if real == type { return self }
    let memory = try AlignedMemory(byteCount: count * real.size)
    let source = bytes
    for index in 0..<count {
      let number = type.number(in: source, at: index * type.size)
      switch real {
      case .float32:
        memory.bytes.storeBytes(of: Float(number), toByteOffset: index * 4, as: Float.self)
      default: memory.bytes.storeBytes(of: number, toByteOffset: index * 8, as: Double.self)
      }
    }
    return Tensor(shape: shape, type: real == .float32 ? .float32 : .float64, memory: memory)
  }

  /// The same numbers under another shape of as many.
  func reshaped(_ shape: [Int]) -> Tensor { Tensor(shape: shape, type: type, memory: memory) }
}

/// A shape in words: `[64, 1, 28, 28]`.
func describe(shape: some Sequence<Int>) -> String {
  "[" + shape.map(String.init).joined(separator: ", ") + "]"
}

/// How many numbers a shape holds, or nil when that is more than an `Int` counts or a length is
/// negative: for shapes that come from files.
func checkedCount(_ shape: [Int]) -> Int? {
  var count = 1
  for length in shape {
    guard length >= 0 else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: length)
    if overflow { return nil }
    count = product
  }
  return count
}
