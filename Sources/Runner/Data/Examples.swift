import Diagnostics
import PluginABI

/// Inputs and their targets, in the form that a plugin reads: nothing is copied for a batch, nor for
/// a part of the examples.
package struct Examples: Sendable {
  /// What belongs to the inputs.
  package enum Targets: Sendable {
    /// int32, so many for each example: as many as it has positions.
    case classes(AlignedMemory, perExample: Int = 1)
    /// Real values, [count] + target shape, of the plugin's element type.
    case values(Tensor)
    /// Nothing: only outputs are wanted.
    case none
  }

  /// How many examples there are.
  package let count: Int
  /// Of each input [stored] + its shape: bytes, or real values of the plugin's element type.
  let inputs: [Tensor]
  /// In the plugin's order.
  let targets: [Targets]
  /// What was done to the files that they come from, or could not be done, a line each.
  package internal(set) var notes: [String] = []
  /// The names of the classes by their numbers, where files have them.
  package internal(set) var classNames: [String] = []
  /// The files of sounds that the rows were made of; nil where they come from elsewhere.
  var sounds: SoundFiles?
  /// The rows of the tensors that are the examples, as uint32; nil: row i is example i.
  private let rows: AlignedMemory?
  /// How many rows the tensors have.
  let stored: Int

  /// Examples of as many rows as the first input has.
  package init(inputs: [Tensor], targets: [Targets]) {
    stored = inputs.first?.shape.first ?? 0
    count = stored
    rows = nil
    self.inputs = inputs
    self.targets = targets
  }

  /// Examples of one input and one target.
  init(inputs: Tensor, targets: Targets) {
    self.init(inputs: [inputs], targets: [targets])
  }

  /// Some of the examples, in the order of `chosen`: the tensors are shared.
  ///
  /// - Throws: a failure where there is no memory for the rows.
  init(_ all: Examples, chosen: [Int]) throws {
    let memory = try AlignedMemory(byteCount: chosen.count * 4, purpose: "rows")
    for (index, example) in chosen.enumerated() {
      memory.bytes.storeBytes(
        of: UInt32(all.row(of: example)), toByteOffset: index * 4, as: UInt32.self)
    }
    (count, rows, stored) = (chosen.count, memory, all.stored)
    (inputs, targets) = (all.inputs, all.targets)
    (classNames, sounds) = (all.classNames, all.sounds)
  }

  /// The same examples with other numbers of their only input.
  init(_ all: Examples, input: Tensor) {
    (count, rows, stored) = (all.count, all.rows, all.stored)
    (inputs, targets) = ([input], all.targets)
    (classNames, sounds) = (all.classNames, all.sounds)
  }

  /// The tensors' row that holds example `index`.
  func row(of index: Int) -> Int {
    rows.map { Int($0.bytes.load(fromByteOffset: index * 4, as: UInt32.self)) } ?? index
  }

  /// Examples `start` to `start + count - 1`.
  package func batch(from start: Int, count: Int) -> Batch {
    if let rows {
      let base = UnsafeRawPointer(rows.bytes.baseAddress)?.assumingMemoryBound(to: UInt32.self)
      return batch(rows: base.map { $0 + start }, count: count)
    }
    return Batch(
      inputs: inputs.map { input in
        let size = input.count / max(stored, 1) * input.type.size
        return input.bytes.baseAddress.map { $0 + start * size }
      },
      targets: targets.map { base(of: $0, from: start) }, inputTypes: inputTypes, rows: nil,
      count: count)
  }

  /// Calls `body` with the examples `chosen`, a batch that is there for the call alone.
  func withBatch<Result>(
    of chosen: UnsafeBufferPointer<UInt32>, _ body: (Batch) throws -> Result
  ) rethrows -> Result {
    guard rows != nil else {
      return try body(batch(rows: chosen.baseAddress, count: chosen.count))
    }
    let mapped = chosen.map { UInt32(row(of: Int($0))) }
    return try mapped.withUnsafeBufferPointer {
      try body(batch(rows: $0.baseAddress, count: $0.count))
    }
  }

  private func batch(rows: UnsafePointer<UInt32>?, count: Int) -> Batch {
    Batch(
      inputs: inputs.map(\.bytes.baseAddress), targets: targets.map { base(of: $0, from: 0) },
      inputTypes: inputTypes, rows: rows, count: count)
  }

  /// The class of one of an example's positions; 0 where target `target` has none.
  func targetClass(_ index: Int, position: Int = 0, target: Int = 0) -> Int {
    guard case .classes(let memory, let perExample) = targets[target] else { return 0 }
    let place = row(of: index) * perExample + position
    return Int(memory.bytes.load(fromByteOffset: place * 4, as: Int32.self))
  }

  /// The real values that are an example's target; none where there are none.
  func targetValues(_ index: Int, target: Int = 0) -> [Double] {
    guard case .values(let values) = targets[target] else { return [] }
    let (width, row) = (values.count / max(stored, 1), row(of: index))
    return (row * width..<(row + 1) * width).map { values[$0] }
  }

  private func base(of targets: Targets, from start: Int) -> UnsafeRawPointer? {
    switch targets {
    case .classes(let memory, let perExample):
      memory.bytes.baseAddress.map { UnsafeRawPointer($0) + start * perExample * 4 }
    case .values(let values):
      values.bytes.baseAddress.map {
        $0 + start * (values.count / max(stored, 1)) * values.type.size
      }
    case .none: nil
    }
  }

  private var inputTypes: [Int32] {
    inputs.map { Int32($0.type == .uint8 ? BNC_UINT8 : BNC_REAL) }
  }
}
