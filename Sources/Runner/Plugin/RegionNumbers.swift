/// Numbers of a network's memory, read and written for those who check it.
extension Regions {
  /// The numbers of a tensor that there is one of.
  package func numbers(of tensor: PluginTensor) -> [Double] {
    let bytes = bytes(of: tensor)
    return elementType == .float64
      ? Array(bytes.bindMemory(to: Double.self)) : bytes.bindMemory(to: Float.self).map(Double.init)
  }

  /// Puts `numbers`, as many as there are, in the place of a tensor's.
  package func write(_ numbers: [Double], to tensor: PluginTensor) {
    let bytes = bytes(of: tensor)
    precondition(numbers.count * elementType.size == bytes.count)
    if elementType == .float64 {
      _ = bytes.bindMemory(to: Double.self).update(fromContentsOf: numbers)
    } else {
      _ = bytes.bindMemory(to: Float.self).update(fromContentsOf: numbers.map(Float.init))
    }
  }

  /// A copy of the bytes of all that a step changes.
  package var learnedBytes: [UInt8] { learned.flatMap { Array($0.bytes) } }

  /// Fills the room to work in.
  package func fillScratch(_ byte: UInt8) {
    scratch.bytes.initializeMemory(as: UInt8.self, repeating: byte)
  }
}
