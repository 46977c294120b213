import Diagnostics
import PluginABI

/// The memory that one network lives in: what it learned, its running statistics, what is prepared
/// of both for inference, room to work in.
package final class Regions {
  private let parameters: AlignedMemory
  private let state: AlignedMemory
  let scratch: AlignedMemory
  private let gradients: AlignedMemory?
  private let prepared: AlignedMemory
  private let slots: AlignedMemory
  let elementType: NumberType
  private let batch: Int

  /// The pointers that a plugin's entry points take; valid as long as the object is.
  let pointers: bnc_regions

  /// Memory for a network, all zero; with room for gradients where they are asked for.
  package init(for description: PluginDescription, withGradients: Bool = false) throws {
    parameters = try AlignedMemory(
      byteCount: description.parametersSize, zeroed: true, purpose: "parameters")
    state = try AlignedMemory(
      byteCount: description.stateSize, zeroed: true, purpose: "running statistics")
    scratch = try AlignedMemory(byteCount: description.scratchSize, purpose: "scratch")
    gradients =
      withGradients
      ? try AlignedMemory(
        byteCount: description.parametersSize, zeroed: true, purpose: "gradients") : nil
    prepared = try AlignedMemory(byteCount: description.preparedSize, purpose: "prepared weights")
    slots = try AlignedMemory(
      byteCount: description.slotsSize, zeroed: true, purpose: "the optimizer")
    elementType = description.elementType
    batch = description.batch
    pointers = bnc_regions(
      parameters: parameters.bytes.baseAddress, state: state.bytes.baseAddress,
      scratch: scratch.bytes.baseAddress, gradients: gradients?.bytes.baseAddress,
      prepared: prepared.bytes.baseAddress, slots: slots.bytes.baseAddress)
  }

  /// The memory of `other` with room of its own to work in.
  init(sharing other: Regions) throws {
    (parameters, state, slots) = (other.parameters, other.state, other.slots)
    (gradients, prepared) = (other.gradients, other.prepared)
    (elementType, batch) = (other.elementType, other.batch)
    scratch = try AlignedMemory(byteCount: other.scratch.bytes.count, purpose: "scratch")
    var pointers = other.pointers
    pointers.scratch = scratch.bytes.baseAddress
    self.pointers = pointers
  }

  /// What a step changes, in order.
  var learned: [AlignedMemory] { [parameters, state, slots] }

  /// Bytes that a copy of what a step changes takes.
  var learnedSize: Int { learned.reduce(0) { $0 + $1.bytes.count } }

  /// Copies what a step changes to `target`, which holds `learnedSize` bytes.
  func copyLearned(to target: AlignedMemory) {
    var place = 0
    for memory in learned {
      copyBytes(from: memory.bytes[...], to: target.bytes[place..<place + memory.bytes.count])
      place += memory.bytes.count
    }
  }

  /// Puts back what `copyLearned` copied.
  func restoreLearned(from source: AlignedMemory) {
    var place = 0
    for memory in learned {
      copyBytes(from: source.bytes[place..<place + memory.bytes.count], to: memory.bytes[...])
      place += memory.bytes.count
    }
  }

  /// The bytes of a tensor in a copy that `copyLearned` made; nil of one that no step keeps.
  func bytes(of tensor: PluginTensor, in copy: AlignedMemory) -> UnsafeMutableRawBufferPointer? {
    let start: Int
    switch tensor.region {
    case .parameters: start = 0
    case .state: start = parameters.bytes.count
    case .slots: start = parameters.bytes.count + state.bytes.count
    case .scratch: return nil
    }
    let size = tensor.byteCount(batch: batch, elementSize: elementType.size) ?? 0
    return UnsafeMutableRawBufferPointer(
      rebasing: copy.bytes[start + tensor.offset..<start + tensor.offset + size])
  }

  /// The bytes of a tensor, over the whole batch where there is one for each example.
  func bytes(of tensor: PluginTensor) -> UnsafeMutableRawBufferPointer {
    let memory =
      switch tensor.region {
      case .parameters: parameters
      case .state: state
      case .scratch: scratch
      case .slots: slots
      }
    return slice(memory, tensor)
  }

  /// The bytes of a parameter's gradient, or nil where no gradients are kept.
  func gradientBytes(of tensor: PluginTensor) -> UnsafeMutableRawBufferPointer? {
    gradients.map { slice($0, tensor) }
  }

  private func slice(_ memory: AlignedMemory, _ tensor: PluginTensor)
    -> UnsafeMutableRawBufferPointer
  {
    let size = tensor.byteCount(batch: batch, elementSize: elementType.size) ?? 0
    return UnsafeMutableRawBufferPointer(
      rebasing: memory.bytes[tensor.offset..<tensor.offset + size])
  }

  /// Starts the averages that are evaluated in the place of parameters as those parameters.
  package func startAverages(_ description: PluginDescription) {
    for (parameter, average) in description.averages {
      bytes(of: average).copyMemory(from: UnsafeRawBufferPointer(bytes(of: parameter)))
    }
  }

  /// Puts the averages in the place of the parameters, and the parameters in theirs; once more, and
  /// all is as it was.
  func exchangeAverages(_ description: PluginDescription) {
    for (parameter, average) in description.averages {
      let (one, other) = (bytes(of: parameter), bytes(of: average))
      for index in one.indices { (one[index], other[index]) = (other[index], one[index]) }
    }
  }

  /// A copy of a tensor that there is one of.
  func tensor(_ tensor: PluginTensor) throws -> Tensor {
    try Tensor(
      copying: UnsafeRawBufferPointer(bytes(of: tensor)), shape: tensor.shape, type: elementType)
  }

  /// A copy of a parameter's gradient.
  package func gradient(_ tensor: PluginTensor) throws -> Tensor? {
    try gradientBytes(of: tensor).map {
      try Tensor(copying: UnsafeRawBufferPointer($0), shape: tensor.shape, type: elementType)
    }
  }
}

private func copyBytes(
  from source: Slice<UnsafeMutableRawBufferPointer>, to target: Slice<UnsafeMutableRawBufferPointer>
) {
  UnsafeMutableRawBufferPointer(rebasing: target)
    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source))
}
