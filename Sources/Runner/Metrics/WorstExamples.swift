import Diagnostics

/// An example and what a network makes of it.
struct JudgedExample: Sendable {
  /// Its place among the examples, from 0 on.
  let index: Int
  /// Its own loss, with the penalties, which are the same for all.
  let loss: Double
  /// Of each output its numbers.
  let outputs: [[Double]]
}

extension Network {
  /// The `count` examples of the largest losses, the largest first.
  ///
  /// Whole batches are evaluated first. Then whatever group has the largest loss is cut in halves until
  /// it is one example: where no loss is negative, no example has more than its group, so that of groups
  /// with small losses most need no second look. A divergence from what are no log-probabilities can be
  /// negative; then an example may be missed that stands beside such ones.
  ///
  /// - Throws: a failure where a loss is not finite or the network was never trained.
  func worst(_ count: Int, of examples: Examples) throws -> [JudgedExample] {
    let description = plugin.description
    let memories = try description.outputs.map {
      try AlignedMemory(
        byteCount: description.batch * $0.count * description.elementType.size, purpose: "outputs")
    }
    func group(_ range: Range<Int>) throws -> ExampleGroup {
      let pass = try evaluate(
        examples.batch(from: range.lowerBound, count: range.count),
        outputs: memories.map(\.bytes.baseAddress))
      if let place = pass.notFinite { throw Failure("the loss is not finite\(place.words)") }
      return ExampleGroup(range: range, loss: pass.loss)
    }
    // The largest last.
    var groups = try stride(from: 0, to: examples.count, by: description.batch)
      .map { try group($0..<min($0 + description.batch, examples.count)) }
      .sorted { $1.isWorse(than: $0) }
    var found: [JudgedExample] = []
    while found.count < count, let largest = groups.popLast() {
      let (start, end) = (largest.range.lowerBound, largest.range.upperBound)
      if largest.range.count == 1 {
        // Once more, for the outputs.
        _ = try group(largest.range)
        let outputs = zip(memories, description.outputs).map { memory, output in
          (0..<output.count).map {
            description.elementType.number(
              in: UnsafeRawBufferPointer(memory.bytes), at: $0 * description.elementType.size)
          }
        }
        found.append(JudgedExample(index: start, loss: largest.loss, outputs: outputs))
        continue
      }
      let middle = start + (end - start) / 2
      for half in [start..<middle, middle..<end] { groups.insert(try group(half)) }
    }
    return found
  }
}

/// Some examples side by side, and their losses added up.
private struct ExampleGroup {
  let range: Range<Int>
  let loss: Double

  /// Whether it is looked at before `other`: by the loss, then by the place.
  func isWorse(than other: ExampleGroup) -> Bool {
    loss != other.loss ? loss > other.loss : range.lowerBound < other.range.lowerBound
  }
}

extension [ExampleGroup] {
  /// Puts `group` where it belongs; those before it are looked at later.
  fileprivate mutating func insert(_ group: ExampleGroup) {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if group.isWorse(than: self[middle]) { low = middle + 1 } else { high = middle }
    }
    insert(group, at: low)
  }
}
