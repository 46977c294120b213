import Diagnostics

/// The file format of MNIST: four bytes of type and rank, the lengths, the numbers, all big-endian.
package enum IDX {
  /// Reads a file, raw or gzipped, whose declared size is held against the real one (of a gzipped
  /// file: against what it could inflate to) before anything is allocated.
  ///
  /// - Throws: a failure that names the file.
  package static func read(_ path: String) throws -> Tensor {
    let file = try InputFile(path)
    let (shape, type) = try header(of: file)
    let declared = "\(describe(shape: shape)) numbers of type \(type)"
    let memory = try AlignedMemory(byteCount: shape.reduce(1, *) * type.size, purpose: path)
    try file.readExactly(into: memory.bytes, what: declared)
    try file.expectEnd(after: declared)
    swapBytes(of: memory.bytes, size: type.size)
    return Tensor(shape: shape, type: type, memory: memory)
  }

  /// The shape that a file declares, held against its size.
  ///
  /// - Throws: a failure that names the file.
  static func shape(of path: String) throws -> [Int] { try header(of: InputFile(path)).shape }

  private static func header(of file: InputFile) throws -> (shape: [Int], type: NumberType) {
    let path = file.path
    let start = try file.readBytes(4, what: "IDX header")
    guard start[0] == 0, start[1] == 0, let type = types[start[2]] else {
      throw ForeignFormat.of(path, inflates: true)?.failureOfData(at: path, wanted: "an IDX file")
        ?? Failure("is not an IDX file: it begins with \(start)", path: path)
    }
    let rank = Int(start[3])
    guard (1...4).contains(rank) else {
      throw Failure("is an IDX file of rank \(rank), known are 1 to 4", path: path)
    }
    let lengths = try file.readBytes(4 * rank, what: "IDX header")
    let shape = (0..<rank).map { axis in
      lengths[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    let header = 4 + 4 * rank
    let declared = "\(describe(shape: shape)) numbers of type \(type)"
    guard let count = checkedCount(shape), count <= Int.max / 8 - header,
      header + count * type.size <= file.largestSize
    else {
      let size = file.isCompressed ? "its compressed data can hold" : "the file holds"
      throw Failure("declares \(declared), more than \(size)", path: path)
    }
    if !file.isCompressed, header + count * type.size < file.largestSize {
      throw Failure("holds more than the \(declared) that it declares", path: path)
    }
    return (shape, type)
  }

  private static let types: [UInt8: NumberType] = [
    0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
  ]

  private static func swapBytes(of bytes: UnsafeMutableRawBufferPointer, size: Int) {
    switch size {
    case 2:
      let numbers = bytes.bindMemory(to: UInt16.self)
      for index in numbers.indices { numbers[index] = UInt16(bigEndian: numbers[index]) }
    case 4:
      let numbers = bytes.bindMemory(to: UInt32.self)
      for index in numbers.indices { numbers[index] = UInt32(bigEndian: numbers[index]) }
    case 8:
      let numbers = bytes.bindMemory(to: UInt64.self)
      for index in numbers.indices { numbers[index] = UInt64(bigEndian: numbers[index]) }
    default: break
    }
  }
}
