import Diagnostics

/// A plan and where its buffers lie.
package struct PlacedPlan: Sendable, Stage {
  package let kernels: KernelPlan
  package let memory: MemoryPlan

  package init(kernels: KernelPlan, memory: MemoryPlan) {
    self.kernels = kernels
    self.memory = memory
  }

  package var text: String { memory.text(of: kernels) }

  /// Buffers that live at one time do not overlap, but where a kernel writes its result in the
  /// place of an operand that nothing reads afterwards.
  ///
  /// Lives are worked out from the kernels' effects anew, and not taken from the plan that is
  /// checked.
  package func verify() throws(Failure) {
    let lives = lives()
    for (first, place) in memory.places.enumerated() {
      let name = kernels.buffers[first].name
      try require(
        place.offset >= 0 && isAligned(place.offset, first)
          && place.offset + place.size <= memory.size,
        "\(name) lies outside of scratch")
      let needed = kernels.bytes(of: kernels.buffers[first])
      try require(place.size >= needed, "\(name) has no room for its numbers")
      guard kernels.buffers[first].part == nil else {
        try verifyPart(first)
        continue
      }
      for second in 0..<first where kernels.buffers[second].part == nil {
        let other = memory.places[second]
        let isApart =
          place.offset + place.size <= other.offset || other.offset + other.size <= place.offset
        guard !isApart else { continue }
        for a in lives[first] {
          for b in lives[second] where a.overlaps(b) {
            try require(
              takesPlace(first, of: second, a, b) || takesPlace(second, of: first, b, a),
              "\(name) and \(kernels.buffers[second].name) share a place")
          }
        }
      }
    }
  }

  /// Wholes begin at cache lines, their parts at vectors, but for channels that are read number by number.
  private func isAligned(_ offset: Int, _ index: Int) -> Bool {
    let buffer = kernels.buffers[index]
    if case .channels = buffer.layout, buffer.part?.role == .views {
      return offset % buffer.element.bytes == 0
    }
    return offset % (buffer.part == nil ? 64 : kernels.lanes * buffer.element.bytes) == 0
  }

  /// A part begins where it lies in the whole.
  private func verifyPart(_ index: Int) throws(Failure) {
    let buffer = kernels.buffers[index]
    let (whole, start) = kernels.whole(of: BufferID(index: index))
    try require(
      memory.places[index].offset
        == memory.places[whole.index].offset + start * buffer.element.bytes,
      "\(buffer.name) lies elsewhere than in \(kernels[whole].name)")
  }

  /// Whether `new` begins in the kernel that ends `old` and may write over it, number by number.
  private func takesPlace(
    _ new: Int, of old: Int, _ newLife: ClosedRange<Int>, _ oldLife: ClosedRange<Int>
  ) -> Bool {
    guard newLife.lowerBound == oldLife.upperBound else { return false }
    let kernel = kernels.kernels[newLife.lowerBound]
    let readsPart = kernel.reads.contains {
      $0.index != old && kernels.whole(of: $0).buffer.index == old
    }
    return kernel.replaces == BufferID(index: old) && !readsPart
      && kernel.writes.contains(BufferID(index: new))
      && memory.places[old].offset == memory.places[new].offset
      && memory.places[old].size == memory.places[new].size
  }

  /// From the first kernel that touches a buffer to the last, with an end before each that makes it
  /// anew; to the end where a host reads it, of outputs and losses to the end of an evaluation at
  /// least. None of what nothing touches.
  private func lives() -> [[ClosedRange<Int>]] {
    var lives = [[ClosedRange<Int>]](repeating: [], count: kernels.buffers.count)
    for (index, kernel) in kernels.kernels.enumerated() {
      for effect in kernel.effects {
        guard let id = effect.resource.buffer.map({ kernels.whole(of: $0).buffer }) else {
          continue
        }
        let isNew = kernel.original != nil && effect.access == .write
        let life = isNew ? nil : lives[id.index].popLast()
        lives[id.index].append((life?.lowerBound ?? index)...index)
      }
    }
    let loss = kernels.kernels.lastIndex { $0.phase.isLoss }
    let evaluated = loss ?? kernels.kernels.count - 1
    for id in kernels.outputs + (loss == nil ? kernels.lossOperands : kernels.blockLosses) {
      lives[id.index] = lives[id.index].map {
        $0.lowerBound > evaluated ? $0 : $0.lowerBound...max($0.upperBound, evaluated)
      }
    }
    if kernels.options.purpose == .inspection {
      lives = lives.map { $0.map { $0.lowerBound...(kernels.kernels.count - 1) } }
    }
    return lives
  }
}
