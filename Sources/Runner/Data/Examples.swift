import Diagnostics
import PluginABI

/// Inputs and their targets, in the form that a plugin reads: nothing is copied for a batch.
package struct Examples: Sendable {
  /// What belongs to the inputs.
  enum Targets: Sendable {
    /// int32, so many for each example: as many as it has positions.
    case classes(AlignedMemory, perExample: Int = 1)
    /// Real values, [count] + target shape, of the plugin's element type.
    case values(Tensor)
    /// Nothing: only outputs are wanted.
    case none
  }

  /// How many examples there are.
  package let count: Int
  /// Of each input [count] + its shape: bytes, or real values of the plugin's element type.
  let inputs: [Tensor]
  /// In the plugin's order.
  let targets: [Targets]

  /// Examples of as many rows as the first input has.
  init(inputs: [Tensor], targets: [Targets]) {
    count = inputs.first?.shape.first ?? 0
    self.inputs = inputs
    self.targets = targets
  }

  /// Examples of one input and one target.
  init(inputs: Tensor, targets: Targets) {
    self.init(inputs: [inputs], targets: [targets])
  }

  /// Examples `start` to `start + count - 1`.
  func batch(from start: Int, count: Int) -> Batch {
    Batch(
      inputs: inputs.map { input in
        let size = input.count / max(self.count, 1) * input.type.size
        return input.bytes.baseAddress.map { $0 + start * size }
      },
      targets: targets.map { base(of: $0, from: start) }, inputTypes: inputTypes, rows: nil,
      count: count)
  }

  /// The examples at `rows`.
  func batch(rows: UnsafeBufferPointer<UInt32>) -> Batch {
    Batch(
      inputs: inputs.map(\.bytes.baseAddress), targets: targets.map { base(of: $0, from: 0) },
      inputTypes: inputTypes, rows: rows.baseAddress, count: rows.count)
  }

  /// The class of one of an example's positions; 0 where target `target` has none.
  func targetClass(_ index: Int, position: Int = 0, target: Int = 0) -> Int {
    guard case .classes(let memory, let perExample) = targets[target] else { return 0 }
    let place = index * perExample + position
    return Int(memory.bytes.load(fromByteOffset: place * 4, as: Int32.self))
  }

  /// The real values that are an example's target; none where there are none.
  func targetValues(_ index: Int, target: Int = 0) -> [Double] {
    guard case .values(let values) = targets[target] else { return [] }
    let width = values.count / max(count, 1)
    return (index * width..<(index + 1) * width).map { values[$0] }
  }

  private func base(of targets: Targets, from start: Int) -> UnsafeRawPointer? {
    switch targets {
    case .classes(let memory, let perExample):
      memory.bytes.baseAddress.map { UnsafeRawPointer($0) + start * perExample * 4 }
    case .values(let values):
      values.bytes.baseAddress.map {
        $0 + start * (values.count / max(count, 1)) * values.type.size
      }
    case .none: nil
    }
  }

  private var inputTypes: [Int32] {
    inputs.map { Int32($0.type == .uint8 ? BNC_UINT8 : BNC_REAL) }
  }
}
