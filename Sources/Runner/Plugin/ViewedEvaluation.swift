import PluginABI

extension Network {
  /// The means of outputs and losses over the model's views of the examples.
  func evaluateViews(of batch: Batch, outputs: [UnsafeMutableRawPointer?]) throws -> Pass {
    let description = plugin.description
    let type = description.elementType
    let counts = description.outputs.map { batch.count * $0.count }
    let memories = try counts.map {
      try AlignedMemory(byteCount: $0 * type.size, purpose: "the outputs of a view")
    }
    var sums = counts.map { [Double](repeating: 0, count: $0) }
    var mean = Pass(
      loss: 0, parts: description.losses.map { _ in 0 }, counts: [])
    for view in description.views {
      let seen = try ViewedBatch(batch, by: view, description)
      // What pointers point into has to be there for as long as the call.
      let pass = try withExtendedLifetime(seen) {
        try evaluateOnce(seen.batch, outputs: memories.map(\.bytes.baseAddress))
      }
      if pass.notFinite != nil { return pass }
      mean.notFiniteOutput = mean.notFiniteOutput ?? pass.notFiniteOutput
      mean.loss += view.weight * pass.loss
      // By the targets, which no view changes.
      mean.counts = pass.counts
      for index in mean.parts.indices { mean.parts[index] += view.weight * pass.parts[index] }
      for (index, memory) in memories.enumerated() {
        let bytes = UnsafeRawBufferPointer(memory.bytes)
        for place in 0..<counts[index] {
          sums[index][place] += view.weight * type.number(in: bytes, at: place * type.size)
        }
      }
    }
    for (sum, output) in zip(sums, outputs) {
      guard let output else { continue }
      for (place, number) in sum.enumerated() {
        if type == .float64 {
          output.storeBytes(of: number, toByteOffset: place * 8, as: Double.self)
        } else {
          output.storeBytes(of: Float(number), toByteOffset: place * 4, as: Float.self)
        }
      }
    }
    return mean
  }
}

/// A batch as a view shows it: copies of the examples and of what belongs to them, one after the other.
private struct ViewedBatch {
  private(set) var batch: Batch
  /// What the batch points to.
  private var memories: [AlignedMemory] = []

  init(_ original: Batch, by view: PluginView, _ description: PluginDescription) throws {
    batch = original
    if view.isPlain { return }
    batch.rows = nil
    for (index, input) in description.inputs.enumerated() {
      let isBytes = original.inputTypes[index] == Int32(BNC_UINT8)
      let size = isBytes ? 1 : description.elementType.size
      let (height, width) = PluginView.sides(input.shape)
      let look = view.inputs[index]
      let places = look.isPlain ? nil : look.places(height: height, width: width)
      batch.inputs[index] = try copy(
        original.inputs[index], of: original, numbers: input.count, size: size, places: places)
    }
    for (index, target) in description.targets.enumerated() where original.targets[index] != nil {
      batch.targets[index] = try copy(
        original.targets[index], of: original, numbers: target.count,
        size: target.classes == nil ? description.elementType.size : 4, places: nil)
    }
  }

  /// The rows of `source` that are in `batch`, each of so many numbers of `size` bytes, which are
  /// moved within each channel as `places` says.
  private mutating func copy(
    _ source: UnsafeRawPointer?, of batch: Batch, numbers: Int, size: Int, places: [Int]?
  ) throws -> UnsafeRawPointer? {
    guard let source else { return nil }
    let memory = try AlignedMemory(
      byteCount: batch.count * numbers * size, purpose: "a view of the examples")
    memories.append(memory)
    guard let copy = memory.bytes.baseAddress else { return nil }
    for example in 0..<batch.count {
      let row = batch.rows.map { Int($0[example]) } ?? example
      let (from, to) = (source + row * numbers * size, copy + example * numbers * size)
      guard let places else {
        to.copyMemory(from: from, byteCount: numbers * size)
        continue
      }
      switch size {
      case 1: move(from, to, numbers, places, as: UInt8.self)
      case 4: move(from, to, numbers, places, as: Float.self)
      default: move(from, to, numbers, places, as: Double.self)
      }
    }
    return UnsafeRawPointer(copy)
  }

  private func move<Number>(
    _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ numbers: Int, _ places: [Int],
    as: Number.Type
  ) {
    let (from, to) = (
      from.assumingMemoryBound(to: Number.self), to.assumingMemoryBound(to: Number.self)
    )
    places.withUnsafeBufferPointer { places in
      for start in stride(from: 0, to: numbers, by: places.count) {
        for place in 0..<places.count { to[start + place] = from[start + places[place]] }
      }
    }
  }
}
