extension Regions {
  /// The first `count` examples of a tensor that there is one of for each example, [count] + shape:
  /// [ceil(batch / lanes)][shape][lanes] in memory, or plain C order where lanes is 0.
  package func examples(of tensor: PluginTensor, count: Int, type: NumberType) throws -> Tensor {
    let size = tensor.count
    let lanes = max(tensor.lanes, 1)
    let source = UnsafeRawBufferPointer(bytes(of: tensor))
    let memory = try AlignedMemory(byteCount: count * size * type.size, purpose: tensor.name)
    for example in 0..<count {
      let block = example / lanes * size * lanes
      for element in 0..<size {
        let from = (block + element * lanes + example % lanes) * type.size
        let to = (example * size + element) * type.size
        if type == .float64 {
          let number = source.load(fromByteOffset: from, as: Double.self)
          memory.bytes.storeBytes(of: number, toByteOffset: to, as: Double.self)
        } else {
          let number = source.load(fromByteOffset: from, as: Float.self)
          memory.bytes.storeBytes(of: number, toByteOffset: to, as: Float.self)
        }
      }
    }
    return Tensor(shape: [count] + tensor.shape, type: type, memory: memory)
  }
}
