import CZlib

/// The chunks of a PNG file.
struct PNGChunks {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  private var chunks: [(type: [UInt8], content: [UInt8])] = []

  /// The chunks of `file`, as far as they go; nil where it does not begin as PNG does.
  init?(_ file: UnsafeRawBufferPointer) {
    guard file.starts(with: Self.signature) else { return nil }
    var place = 8
    while place + 8 <= file.count {
      let length = (0..<4).reduce(0) { $0 << 8 | Int(file[place + $1]) }
      let end = min(place + 8 + length, file.count)
      chunks.append((Array(file[place + 4..<place + 8]), Array(file[place + 8..<end])))
      place = end + 4
    }
    if chunks.isEmpty { return nil }
  }

  /// The file with one change, all lengths and checksums right.
  func mutated(_ room: Int, _ chance: inout Chance) -> [UInt8] {
    var changed = self
    let index = chance.below(chunks.count)
    switch chance.below(8) {
    case 0: changed.chunks.insert(chunks[chance.below(chunks.count)], at: index)
    case 1: changed.chunks.remove(at: index)
    case 2: changed.chunks.swapAt(index, chance.below(chunks.count))
    case 3, 4:
      if let data = chunks.firstIndex(where: { $0.type.elementsEqual("IDAT".utf8) }) {
        let pixels = chunks[data].content.withUnsafeBytes {
          GzipInput.inflated($0, windowBits: 15).bytes
        }
        changed.chunks[data].content = Fuzzing.mutated(pixels, room: max(room, 1)).withUnsafeBytes {
          GzipInput.deflated($0, windowBits: 15)
        }
      }
    default:
      changed.chunks[index].content = Fuzzing.mutated(chunks[index].content, room: max(room / 2, 1))
    }
    return changed.file
  }

  private var file: [UInt8] {
    var file = Self.signature
    func append(_ number: UInt32) { file += withUnsafeBytes(of: number.bigEndian) { Array($0) } }
    for (type, content) in chunks {
      append(UInt32(content.count))
      let covered = type + content
      file += covered
      append(UInt32(truncatingIfNeeded: crc32(0, covered, UInt32(covered.count))))
    }
    return file
  }
}
