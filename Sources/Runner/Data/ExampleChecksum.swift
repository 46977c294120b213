import CZlib

extension Examples {
  /// CRC-32 of the examples' inputs and targets in their order, so that files that were exchanged for
  /// others of as many examples are told.
  ///
  /// Of numbers of more than `bytes` some examples are read, evenly spaced, the first among them: an array
  /// may be mapped, and larger than memory. Classes are all read.
  func checksum(reading bytes: Int = 64 << 20) -> UInt32 {
    var numbers = inputs
    var classes: [(UnsafeRawBufferPointer, size: Int)] = []
    for target in targets {
      switch target {
      case .classes(let memory, let perExample):
        classes.append((UnsafeRawBufferPointer(memory.bytes), perExample * 4))
      case .values(let values): numbers.append(values)
      case .none: break
      }
    }
    let columns = numbers.map { ($0.bytes, size: $0.count / max(stored, 1) * $0.type.size) }
    let width = max(1, columns.reduce(0) { $0 + $1.size })
    let read = max(1, bytes / width)
    let step = max(1, (count + read - 1) / read)
    var sum = Checksum()
    for example in 0..<count {
      let row = row(of: example)
      for (all, size) in (example % step == 0 ? columns : []) + classes {
        sum.add(UnsafeRawBufferPointer(rebasing: all[row * size..<(row + 1) * size]))
      }
    }
    return sum.value
  }
}

extension BackgroundRecordings {
  /// CRC-32 of all samples, one recording after the other.
  func checksum() -> UInt32 {
    var sum = Checksum()
    for recording in recordings { recording.withUnsafeBytes { sum.add($0) } }
    return sum.value
  }
}

/// CRC-32, as gzip has it, of parts one after the other.
struct Checksum {
  private var sum = crc32_z(0, nil, 0)

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    sum = crc32_z(sum, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  var value: UInt32 { UInt32(truncatingIfNeeded: sum) }
}
