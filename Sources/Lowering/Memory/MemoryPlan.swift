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
    /// The kernels between which it holds numbers.
    package var life: BufferLife
  }

  /// Where the buffers of `plan` lie.
  ///
  /// Greedy by size (Pisarchyk and Lee, 2020): the largest buffer first, each at the lowest place
  /// that no buffer of an overlapping life holds. An inspection keeps every buffer to the end.
  package init(placing plan: KernelPlan) {
    let touches = BufferTouches(plan)
    let lives = touches.lives()
    let roots = touches.replacements(lives)
    let sizes = plan.buffers.map { plan.bytes(of: $0) }
    var wholeLives = lives
    for (index, root) in roots.enumerated() where root != index {
      wholeLives[root] = wholeLives[root].union(lives[index])
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
      let before = start * plan.buffers[$0].element.bytes
      return Place(
        offset: offsets[roots[whole.index]] + before, size: sizes[$0], life: lives[whole.index])
    }
    size = places.map { Self.aligned($0.offset + $0.size) }.max() ?? 0
  }

  /// Buffers begin at cache lines, which are as long as the longest vectors.
  package static func aligned(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
}
