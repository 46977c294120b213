import CZlib

extension Examples {
  /// CRC-32 of the examples in their order, each with its inputs and then its targets, so that files
  /// that were exchanged for others of as many examples are told.
  ///
  /// Of more than `bytes` only examples at even distances are read, the first among them: an array may
  /// be mapped, and larger than memory.
  func checksum(reading bytes: Int = 64 << 20) -> UInt32 {
    let columns =
      inputs.map { ($0.bytes, $0.bytes.count / max(stored, 1)) } + targets.compactMap(column(of:))
    let width = max(1, columns.reduce(0) { $0 + $1.1 })
    let read = max(1, bytes / width)
    let step = max(1, (count + read - 1) / read)
    var sum = crc32_z(0, nil, 0)
    for example in stride(from: 0, to: count, by: step) {
      let row = row(of: example)
      for (all, size) in columns {
        let part = UnsafeRawBufferPointer(rebasing: all[row * size..<(row + 1) * size])
        sum = crc32_z(sum, part.baseAddress?.assumingMemoryBound(to: UInt8.self), part.count)
      }
    }
    return UInt32(truncatingIfNeeded: sum)
  }
}

extension Examples {
  /// The bytes of a target, and how many an example has; nil where there are none.
  private func column(of targets: Targets) -> (UnsafeRawBufferPointer, Int)? {
    switch targets {
    case .classes(let memory, let perExample):
      (UnsafeRawBufferPointer(memory.bytes), perExample * 4)
    case .values(let values):
      (values.bytes, values.count / max(stored, 1) * values.type.size)
    case .none: nil
    }
  }
}
