import Diagnostics

/// A file of named tensors, as Python's `safetensors` reads and writes them.
package struct SafeTensors: Sendable {
  /// Where the file is.
  package let path: String
  /// What the file says beside its tensors.
  package let metadata: [String: String]
  private let memory: AlignedMemory
  private let places: [String: Place]

  private struct Place {
    var type: NumberType
    var shape: [Int]
    var range: Range<Int>
  }

  /// The names of the tensors, sorted.
  package var names: [String] { places.keys.sorted() }

  /// Opens a file and checks all of it: the header against the file's size, every tensor's place
  /// against its shape, the places against each other.
  ///
  /// - Throws: a failure that names the file.
  package init(_ path: String) throws {
    self.path = path
    let file = try InputFile(path, mayBeGzipped: false)
    let size = file.largestSize
    guard size >= 8 else {
      throw ForeignFormat.of(path, inflates: false)?.failureOfWeights(at: path)
        ?? Failure("is not a safetensors file: it has \(size) bytes", path: path)
    }
    let start = try file.readBytes(8, what: "header")
    let declared = start.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard declared <= UInt64(size - 8) else {
      throw ForeignFormat.of(path, inflates: false)?.failureOfWeights(at: path)
        ?? Failure(
          "is not a safetensors file: it declares a header of \(declared) bytes, but has \(size)",
          path: path)
    }
    guard declared <= Self.longestHeader else {
      throw Failure(
        "declares a header of \(declared) bytes, at most \(Self.longestHeader) are read", path: path
      )
    }
    do {
      let header = try SafeTensorsHeader(
        parsing: file.readBytes(Int(declared), what: "header"))
      metadata = header.metadata
      places = try Self.places(of: header.entries, dataSize: size - 8 - Int(declared))
    } catch let failure as Failure {
      throw Failure(failure.what, path: path, help: failure.help)
    }
    // Only now, when all of it is spoken for.
    memory = try AlignedMemory(byteCount: size - 8 - Int(declared), purpose: path)
    try file.readExactly(into: memory.bytes, what: "tensors")
  }

  /// As the format's own reader has it.
  private static let longestHeader: UInt64 = 100_000_000

  /// The tensor of that name, or nil.
  package func tensor(_ name: String) throws -> Tensor? {
    guard let place = places[name] else { return nil }
    return try Tensor(
      copying: UnsafeRawBufferPointer(rebasing: memory.bytes[place.range]), shape: place.shape,
      type: place.type)
  }

  private static let types: [String: NumberType] = [
    "U8": .uint8, "BOOL": .uint8, "I8": .int8, "I16": .int16, "I32": .int32, "I64": .int64,
    "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64,
  ]

  private static func places(of entries: [SafeTensorsHeader.Entry], dataSize: Int) throws
    -> [String: Place]
  {
    var places: [String: Place] = [:]
    for entry in entries {
      guard let type = types[entry.type] else {
        throw Failure("holds '\(entry.name)' as \(entry.type), which is not known here")
      }
      let (start, end) = (entry.offsets[0], entry.offsets[1])
      guard start <= end, end <= dataSize else {
        throw Failure(
          "places '\(entry.name)' at bytes \(start) to \(end), but has \(dataSize) bytes of data")
      }
      guard let count = checkedCount(entry.shape), count <= dataSize,
        count * type.size == end - start
      else {
        throw Failure(
          "gives '\(entry.name)' \(end - start) bytes, which is not what "
            + "\(describe(shape: entry.shape)) numbers of type \(type) take")
      }
      places[entry.name] = Place(type: type, shape: entry.shape, range: start..<end)
    }
    try checkCover(entries, dataSize: dataSize)
    return places
  }

  /// Every byte belongs to exactly one tensor.
  private static func checkCover(_ entries: [SafeTensorsHeader.Entry], dataSize: Int) throws {
    var end = 0
    var previous: String?
    for entry in entries.sorted(by: { $0.offsets.lexicographicallyPrecedes($1.offsets) }) {
      let start = entry.offsets[0]
      if start < end, let previous {
        throw Failure("has overlapping tensors: '\(previous)' and '\(entry.name)'")
      }
      guard start == end else {
        throw Failure("has \(start - end) bytes before '\(entry.name)' that belong to no tensor")
      }
      end = entry.offsets[1]
      previous = entry.name
    }
    guard end == dataSize else {
      throw Failure("has \(dataSize - end) bytes at its end that belong to no tensor")
    }
  }
}
