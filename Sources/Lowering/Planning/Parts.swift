import IR

/// Where a buffer lies that is a part of another: in each block of the whole a stretch of vectors, or of a
/// value with channels in the lanes some channels, rows or columns.
package struct BufferPart: Hashable, Sendable {
  /// The buffer that it is a part of.
  package var whole: BufferID
  /// Numbers of a block of the whole that come before it.
  package var start: Int
  /// Who writes its numbers.
  package var role: Role

  package enum Role: Hashable, Sendable {
    /// A kernel of its own: the whole has them from there.
    case fills
    /// Who writes the whole.
    case views
  }
}

/// A stretch of vectors of each block that a kernel copies from one buffer into another.
package struct BufferCopy: Hashable, Sendable {
  package var source, target: BufferID
  /// Vectors of a block that come before it.
  package var sourceStart, targetStart: Int
  package var count: Int

  package init(
    from source: BufferID, at sourceStart: Int, to target: BufferID, at targetStart: Int, count: Int
  ) {
    self.source = source
    self.target = target
    self.sourceStart = sourceStart
    self.targetStart = targetStart
    self.count = count
  }
}

extension KernelPlan {
  /// Lets values lie where a kernel would copy them to or from: what a concat joins is written into
  /// its part of the result at once, and a slice is read where it lies.
  ///
  /// Legal where all that touch such a value take each block by itself (`KernelSpec.acceptsParts`) or
  /// know how far its blocks lie apart (`KernelSpec.pitched`), which is as far as those of the whole, and
  /// where no caller reads it.
  package mutating func placeParts() {
    guard options.fusesKernels, options.purpose.reusesMemory else { return }
    for index in kernels.indices.reversed() {
      guard let copies = kernels[index].spec.copies else { continue }
      let left = copies.filter { !placePart($0, of: index) }
      if left.isEmpty {
        kernels.remove(at: index)
      } else if left.count < copies.count {
        kernels[index].keep(left)
      }
    }
  }

  /// Makes the source or the target of a copy by kernel `index` a part of the other; false where
  /// neither can be.
  private mutating func placePart(_ copy: BufferCopy, of index: Int) -> Bool {
    let (source, target) = (copy.source, copy.target)
    if copy.count == vectorsOfBlock(of: target), canBePart(target, butFor: index),
      !kernels[index...].contains(where: { $0.writes.contains(source) })
    {
      buffers[target.index].part = BufferPart(
        whole: source, start: copy.sourceStart * lanes, role: .views)
      return true
    }
    let copiesFromSource = kernels[index].spec.copies?.filter { $0.source == source }.count
    if copy.count == vectorsOfBlock(of: source), copiesFromSource == 1,
      canBePart(source, butFor: index),
      !kernels[index...].contains(where: { $0.writes.contains(source) })
    {
      buffers[source.index].part = BufferPart(
        whole: target, start: copy.targetStart * lanes, role: .fills)
      return true
    }
    return false
  }

  /// Whether all kernels but `index` that touch a buffer accept it as a part.
  private func canBePart(_ buffer: BufferID, butFor index: Int) -> Bool {
    guard self[buffer].part == nil, !outputs.contains(buffer), !lossOperands.contains(buffer) else {
      return false
    }
    return kernels.enumerated().allSatisfy { other, kernel in
      other == index || !kernel.touches(buffer) || kernel.accepts(part: buffer)
    }
  }

  /// Vectors of a block of a buffer with examples in the lanes; nil of another.
  private func vectorsOfBlock(of buffer: BufferID) -> Int? {
    guard case .lanes(let shape) = self[buffer].layout else { return nil }
    return shape.elementCount
  }

  /// The buffer that a buffer is a part of, and where in each of its blocks; the buffer itself where
  /// it is whole.
  package func whole(of buffer: BufferID) -> (buffer: BufferID, start: Int) {
    guard let part = self[buffer].part else { return (buffer, 0) }
    let outer = whole(of: part.whole)
    return (outer.buffer, outer.start + part.start)
  }

  /// Vectors of a block of the whole that are not a part's own; nil of a buffer that is no part, or
  /// has no blocks.
  package func others(of buffer: BufferID) -> Int? {
    guard self[buffer].part != nil, case .lanes = self[buffer].layout else { return nil }
    return layouts.numbersOfExample(self[whole(of: buffer).buffer].layout)
      - layouts.numbersOfExample(self[buffer].layout)
  }

  /// Whether any buffer with examples in the lanes is a part of another.
  package var hasParts: Bool { buffers.indices.contains { others(of: BufferID(index: $0)) != nil } }
}

extension Kernel {
  /// Whether a value that it touches may be a part of another: it takes the blocks of values by
  /// themselves, or knows how far those of this one lie apart.
  func accepts(part: BufferID) -> Bool {
    if spec.pitched.contains(part) { return true }
    if case .perBlock = tasks { return spec.acceptsParts }
    return false
  }

  func touches(_ buffer: BufferID) -> Bool { effects.contains { $0.resource.buffer == buffer } }

  /// Leaves of what the kernel copies `copies` alone.
  fileprivate mutating func keep(_ copies: [BufferCopy]) {
    spec = spec.copying(copies)
    let sources = Set(copies.map(\.source))
    effects.removeAll { effect in
      effect.access == .read && effect.resource.buffer.map { !sources.contains($0) } ?? false
    }
  }
}
