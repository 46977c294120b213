extension Tensor {
  /// The same tensor in C order, where the memory holds it with its first axis moving fastest.
  func fromFortranOrder() throws -> Tensor {
    if count == 0 || shape.count < 2 { return self }
    let target = try AlignedMemory(byteCount: count * type.size)
    switch type.size {
    case 1: reorder(into: target, as: UInt8.self)
    case 2: reorder(into: target, as: UInt16.self)
    case 4: reorder(into: target, as: UInt32.self)
    default: reorder(into: target, as: UInt64.self)
    }
    return Tensor(shape: shape, type: type, memory: target)
  }

  /// Writes the numbers row after row, each row's read with the stride of the last axis.
  private func reorder<Bits>(into target: AlignedMemory, as bits: Bits.Type) {
    let from = bytes.bindMemory(to: Bits.self)
    let to = target.bytes.bindMemory(to: Bits.self)
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropFirst() { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    let last = shape.count - 1
    var index = [Int](repeating: 0, count: last)
    for row in stride(from: 0, to: count, by: shape[last]) {
      let start = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
      for column in 0..<shape[last] { to[row + column] = from[start + column * strides[last]] }
      for axis in (0..<last).reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
  }
}
