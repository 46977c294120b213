/// Where each buffer of a kernel plan lies in scratch. Buffers whose lives do not overlap share a
/// place.
package struct MemoryPlan: Hashable, Sendable {
  /// Each buffer's place, by its index.
  package var places: [Place]
  /// Bytes of scratch in all.
  package var size: Int

  /// A buffer's place and life.
  package struct Place: Hashable, Sendable {
    /// Bytes before it.
    package var offset: Int
    /// Its bytes.
    package var size: Int
    /// The kernels from the one that first writes it to the last that touches it.
    package var life: ClosedRange<Int>
  }

  /// Where the buffers of `plan` lie.
  ///
  /// Greedy by size (Pisarchyk and Lee, 2020): the largest buffer first, each at the lowest place
  /// that no buffer of an overlapping life holds. An inspection keeps every buffer to the end.
  package init(placing plan: KernelPlan) {
    let lives = plan.lives()
    let roots = plan.replacements(lives: lives)
    let sizes = plan.buffers.map { plan.bytes(of: $0) }
    var wholeLives = lives
    for (index, root) in roots.enumerated() where root != index {
      wholeLives[root] =
        min(
          wholeLives[root].lowerBound, lives[index].lowerBound)...max(
          wholeLives[root].upperBound, lives[index].upperBound)
    }
    var offsets = [Int](repeating: 0, count: sizes.count)
    var placed: [Int] = []
    let order = sizes.indices.filter { roots[$0] == $0 && plan.buffers[$0].part == nil }.sorted {
      (sizes[$1], $0) < (sizes[$0], $1)
    }
    for index in order {
      let neighbours = placed.filter { wholeLives[$0].overlaps(wholeLives[index]) }
        .sorted { offsets[$0] < offsets[$1] }
      var offset = 0
      for other in neighbours {
        if offset + sizes[index] <= offsets[other] { break }
        offset = max(offset, Self.aligned(offsets[other] + sizes[other]))
      }
      offsets[index] = offset
      placed.append(index)
    }
    places = sizes.indices.map {
      let (whole, start) = plan.whole(of: BufferID(index: $0))
      let before = start * plan.lanes * plan.buffers[$0].element.bytes
      return Place(offset: offsets[roots[whole.index]] + before, size: sizes[$0], life: lives[$0])
    }
    size = places.map { Self.aligned($0.offset + $0.size) }.max() ?? 0
  }

  /// Buffers begin at cache lines, which are as long as the longest vectors.
  private static func aligned(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
}

extension KernelPlan {
  /// Each buffer's life: from the kernel that first writes it to the last that touches it. An
  /// evaluation ends with the losses, and reads them and the outputs afterwards; where no kernel
  /// computes the losses, it reads what they need too. A part lives as long as the whole.
  func lives() -> [ClosedRange<Int>] {
    var first = [Int?](repeating: nil, count: buffers.count)
    var last = [Int](repeating: 0, count: buffers.count)
    for (index, kernel) in kernels.enumerated() {
      for buffer in (kernel.reads + kernel.writes).map({ whole(of: $0).buffer }) {
        first[buffer.index] = first[buffer.index] ?? index
        last[buffer.index] = index
      }
    }
    let end = kernels.count - 1
    let loss = kernels.lastIndex { $0.phase.isLoss }
    for buffer in outputs + (loss == nil ? lossOperands : blockLosses) {
      last[buffer.index] = max(last[buffer.index], loss ?? end)
    }
    return buffers.indices.map { index in
      if options.purpose == .inspection { return 0...end }
      let index = whole(of: BufferID(index: index)).buffer.index
      guard let start = first[index] else {
        fatalError("no kernel touches \(buffers[index].name)")
      }
      return start...max(start, last[index])
    }
  }

  /// For each buffer the one whose place it takes: its own index, or, where a kernel reads and
  /// writes number by number and nothing reads the old values afterwards, the buffer it replaces.
  func replacements(lives: [ClosedRange<Int>]) -> [Int] {
    var roots = Array(buffers.indices)
    guard options.purpose == .training else { return roots }
    for (index, kernel) in kernels.enumerated() {
      guard let old = kernel.replaces, let new = kernel.writes.first,
        lives[old.index].upperBound == index, lives[new.index].lowerBound == index,
        elementCount(of: buffers[old.index]) == elementCount(of: buffers[new.index]),
        buffers[old.index].part == nil, buffers[new.index].part == nil,
        !kernel.reads.contains(where: { $0 != old && whole(of: $0).buffer == old })
      else { continue }
      roots[new.index] = roots[old.index]
    }
    return roots
  }
}
