import PluginABI

extension Examples {
  /// Made-up examples of the right shape: what they are does not change how long a step takes.
  ///
  /// - Parameter count: How many; nil for a batch.
  init(madeUpFor description: PluginDescription, count: Int? = nil) throws {
    let count = count ?? description.batch
    var generator = RandomGenerator(seed: 0, purpose: .shuffle, index: 0)
    let inputs = try description.inputs.map { input in
      let memory = try AlignedMemory(byteCount: count * input.count, purpose: "examples")
      for index in memory.bytes.indices {
        memory.bytes[index] = UInt8(truncatingIfNeeded: generator.next())
      }
      return Tensor(shape: [count] + input.shape, type: .uint8, memory: memory)
    }
    let targets = try description.targets.map { target -> Targets in
      let numbers = count * target.count
      guard let classes = target.classes else {
        return .values(
          try Tensor(zerosOf: [count] + target.shape, type: description.elementType))
      }
      let memory = try AlignedMemory(byteCount: numbers * 4, purpose: "targets")
      let labels = memory.bytes.bindMemory(to: Int32.self)
      for index in 0..<numbers { labels[index] = Int32(index % classes) }
      return .classes(memory, perExample: target.count)
    }
    self.init(inputs: inputs, targets: targets)
  }
}

extension Network {
  /// Starts all numbers, and says that batch norms have seen a batch, so that it can be evaluated.
  func initializeAsTrained() throws {
    regions.initialize(plugin.description, seed: 0)
    for tensor in plugin.description.savedTensors where tensor.role == .seen {
      let one = try Tensor(shape: [1], values: [1]).converted(to: plugin.description.elementType)
      regions.bytes(of: tensor).copyMemory(from: one.bytes)
    }
  }
}
