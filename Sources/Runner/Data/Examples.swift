import Diagnostics
import PluginABI

/// Inputs and their targets, in the form that a plugin reads: nothing is copied for a batch.
package struct Examples: Sendable {
  /// What belongs to the inputs.
  enum Targets: Sendable {
    /// int32, as many for each example as it has positions.
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
  /// Classes of one example, where the targets are those.
  let labelsPerExample: Int

  init(inputs: Tensor, targets: Targets, labelsPerExample: Int = 1) {
    count = inputs.shape.first ?? 0
    self.labelsPerExample = labelsPerExample
    self.inputs = inputs
    self.targets = targets
  }

  /// Examples `start` to `start + count - 1`.
  func batch(from start: Int, count: Int) -> Batch {
    let inputSize = inputs.count / max(self.count, 1) * inputs.type.size
    var targetSize = MemoryLayout<Int32>.size * labelsPerExample
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
  func targetClass(_ index: Int) -> Int { targetClass(index, position: 0) }

  /// The class of one of an example's positions; 0 where there are none.
  func targetClass(_ index: Int, position: Int) -> Int {
    guard case .classes(let memory) = targets else { return 0 }
    let place = index * labelsPerExample + position
    return Int(memory.bytes.load(fromByteOffset: place * 4, as: Int32.self))
  }

  /// The real values that are an example's target; none where there are none.
  func targetValues(_ index: Int) -> [Double] {
    guard case .values(let values) = targets else { return [] }
    let width = values.count / max(count, 1)
    return (index * width..<(index + 1) * width).map { values[$0] }
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
