import Diagnostics
import Files

/// NumPy's file of one array.
package enum NPY {
  /// Reads an array, or maps a large one so that its numbers come when they are looked at, whose
  /// declared size is held against the file's before anything is allocated.
  ///
  /// - Throws: a failure that names the file.
  package static func read(_ path: String) throws -> Tensor {
    let file = try InputFile(path)
    let (header, start) = try header(of: file)
    return try payload(of: header, from: file, after: start)
  }

  /// The shape that a file declares, held against its size.
  ///
  /// - Throws: a failure that names the file.
  static func shape(of path: String) throws -> [Int] {
    try header(of: InputFile(path)).header.shape
  }

  /// What a file declares, and where its numbers begin.
  private static func header(of file: InputFile) throws -> (header: NPYHeader, start: Int) {
    let path = file.path
    let start = try file.readBytes(8, what: "NPY header")
    guard start.prefix(6).elementsEqual([0x93] + Array("NUMPY".utf8)) else {
      throw ForeignFormat.of(path, inflates: true)?.failureOfData(at: path, wanted: "an NPY file")
        ?? Failure("is not an NPY file", path: path, help: "write it with numpy.save")
    }
    guard (1...3).contains(start[6]) else {
      throw Failure("is NPY version \(start[6]), known are 1 to 3", path: path)
    }
    let lengthSize = start[6] == 1 ? 2 : 4
    let lengthBytes = try file.readBytes(lengthSize, what: "NPY header")
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= min(file.largestSize, 1 << 16) else {
      throw Failure("declares a header of \(length) bytes", path: path)
    }
    let text = String(decoding: try file.readBytes(length, what: "NPY header"), as: UTF8.self)
    let header: NPYHeader
    do {
      header = try NPYHeader(parsing: text)
    } catch let failure as Failure {
      throw Failure(failure.what, path: path, help: failure.help)
    }
    let dataStart = 8 + lengthSize + length
    guard let count = checkedCount(header.shape), count <= Int.max / header.type.size,
      count * header.type.size <= file.largestSize - dataStart
    else {
      throw Failure("declares \(words(header)), more than the file holds", path: path)
    }
    return (header, dataStart)
  }

  private static func words(_ header: NPYHeader) -> String {
    "\(describe(shape: header.shape)) numbers of type \(header.type)"
  }

  private static func payload(of header: NPYHeader, from file: InputFile, after start: Int) throws
    -> Tensor
  {
    let declared = words(header)
    let size = header.shape.reduce(1, *) * header.type.size
    if !header.isFortranOrder, start + size == file.largestSize,
      let memory = file.map(from: start, count: size)
    {
      return Tensor(shape: header.shape, type: header.type, memory: memory)
    }
    let memory = try AlignedMemory(byteCount: size)
    try file.readExactly(into: memory.bytes, what: declared)
    try file.expectEnd(after: declared)
    let stored = Tensor(shape: header.shape, type: header.type, memory: memory)
    return header.isFortranOrder ? try stored.fromFortranOrder() : stored
  }

  /// Writes an array, whole or not at all.
  package static func write(_ tensor: Tensor, to path: String) throws {
    let stored = tensor.type == .bfloat16 ? try tensor.converted(to: .float32) : tensor
    var shape = stored.shape.map(String.init).joined(separator: ", ")
    if stored.shape.count == 1 { shape += "," }
    var text =
      "{'descr': '\(NPYHeader.code(of: stored.type))', 'fortran_order': False, "
      + "'shape': (\(shape)), }"
    // The numbers begin at a multiple of 64, as NumPy has it.
    let unpadded = 10 + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = text.utf8.count
    let start =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
      + Array(text.utf8)
    try AtomicFile.write(to: path) { file in
      try file.write(start)
      try file.write(stored.bytes)
    }
  }
}
