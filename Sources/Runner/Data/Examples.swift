import Diagnostics
import PluginABI

/// Inputs and their targets, in the form that a plugin reads: nothing is copied for a batch.
package struct Examples: Sendable {
  /// What belongs to the inputs.
  enum Targets: Sendable {
    /// int32, one for each example.
    case classes(AlignedMemory)
    /// Real values, [count] + target shape, of the plugin's element type.
    case values(Tensor)
    /// Nothing: only outputs are wanted.
    case none
  }

  /// How many examples there are.
  package let count: Int
  /// [count] + input shape: bytes, or real values of the plugin's element type.
  let inputs: Tensor
  let targets: Targets

  init(inputs: Tensor, targets: Targets) {
    count = inputs.shape.first ?? 0
    self.inputs = inputs
    self.targets = targets
  }

  /// Examples `start` to `start + count - 1`.
  func batch(from start: Int, count: Int) -> Batch {
    let inputSize = inputs.count / max(self.count, 1) * inputs.type.size
    var targetSize = MemoryLayout<Int32>.size
    if case .values(let values) = targets {
      targetSize = values.count / max(self.count, 1) * values.type.size
    }
    return Batch(
      inputs: [inputs.bytes.baseAddress.map { $0 + start * inputSize }],
      targets: [targetBase.map { $0 + start * targetSize }], inputTypes: [inputType], rows: nil,
      count: count)
  }

  /// The examples at `rows`.
  func batch(rows: UnsafeBufferPointer<UInt32>) -> Batch {
    Batch(
      inputs: [inputs.bytes.baseAddress], targets: [targetBase], inputTypes: [inputType],
      rows: rows.baseAddress, count: rows.count)
  }

  /// The class of an example; 0 where there are none.
  func targetClass(_ index: Int) -> Int {
    guard case .classes(let memory) = targets else { return 0 }
    return Int(memory.bytes.load(fromByteOffset: index * 4, as: Int32.self))
  }

  private var targetBase: UnsafeRawPointer? {
    switch targets {
    case .classes(let memory): memory.bytes.baseAddress.map { UnsafeRawPointer($0) }
    case .values(let values): values.bytes.baseAddress
    case .none: nil
    }
  }

  private var inputType: Int32 { Int32(inputs.type == .uint8 ? BNC_UINT8 : BNC_REAL) }
}
